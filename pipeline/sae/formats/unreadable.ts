import { UserError } from '../../errors/user-error.ts';

/** Where an SAE is: its folder, or its file where it shares one, and its layer where that could be told. */
interface Whereabouts {
  readonly path: string;
  readonly layer?: number;
}

/** An SAE that cannot be read, which is an error only where it is selected. */
export interface UnreadableSae extends Whereabouts {
  readonly error: UserError;
}

/** What `read` gives of an SAE, or the user's mistake that it ends in. */
export async function readable<T>(where: Whereabouts, read: () => Promise<T>): Promise<T | UnreadableSae> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...where, error };
  }
}
