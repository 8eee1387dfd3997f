import type { LoadedFiles } from './keep-offline.ts';
import type { ExplorerSession } from './protocol.ts';

/** What the worker answers to: the session, and what of the site it needed for it. */
export interface RemoteSession extends ExplorerSession {
  loadedFiles(): Promise<LoadedFiles>;
}
