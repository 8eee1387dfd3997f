import { UserError } from '../errors/user-error.ts';

/** A lock that another process holds. */
export class LockHeld extends UserError {}
