import { join } from 'node:path';
import { UserError } from '../errors/user-error.ts';
import { type ContextFile, openContexts } from '../record/context-file.ts';
import type { ShardPlan } from './plan.ts';

/** The contexts that all parts share. Throws UserError where they are not those that were packed. */
export async function packedContexts(out: string, plan: ShardPlan): Promise<ContextFile> {
  const path = join(out, '.work', 'contexts.bin');
  const contexts = await openContexts(path, plan.length);
  if (contexts.count === plan.contexts) return contexts;
  await contexts.close();
  throw new UserError(`damaged working file: ${contexts.count} contexts, expected ${plan.contexts} (${path})`);
}
