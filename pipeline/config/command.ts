import type * as z from 'zod';

/** What is known of a command before any of its code is loaded. */
export interface CommandDeclaration<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly summary: string;
  readonly schema: S;
  /** Whether the same command, run again, resumes interrupted work; the others start over. */
  readonly resumes: boolean;
}
