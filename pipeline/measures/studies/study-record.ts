import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { parseJson } from '../../files/tokenizer/json.ts';

/** OUT/study_NAME.json: what was studied, what it cost, and what came out, in words. It says that the tables are whole. */
const studyRecord = z.looseObject({
  study: z.string(),
  version: z.string(),
  /** What the study's numbers depend on, hashed. */
  fingerprint: z.string(),
  /** The fingerprint of the run that it is a study of; null of one by itself. */
  run: z.string().nullable(),
  model: z.looseObject({ name: z.string(), sha256: z.string() }),
  /** What the numbers depend on besides the model. */
  settings: z.record(z.string(), z.unknown()),
  forwardPasses: z.int(),
  /** Tokens of all forward passes together; what is run of some layers alone counts in proportion. */
  forwardTokens: z.int(),
  elapsedSeconds: z.number(),
  /** One sentence. */
  verdict: z.string(),
  /** What was done otherwise than planned, and why. */
  notes: z.array(z.string()),
});

export type StudyRecord = z.infer<typeof studyRecord>;

/** What the verdict of a study begins with that found nothing: a budget had no room for it, or the model has none. */
export const withoutResult = { budget: 'Not run', model: 'Not possible with this model' } as const;

export const studyRecordFile = (out: string, study: string): string => join(out, `study_${study}.json`);

/** The record of a study under OUT; nothing where it was not run. Throws UserError when it is malformed. */
export async function readStudyRecord(out: string, study: string): Promise<StudyRecord | undefined> {
  const file = studyRecordFile(out, study);
  const json = await readFile(file, 'utf8').catch(() => undefined);
  if (json === undefined) return undefined;
  const parsed = studyRecord.safeParse(parseRecord(json, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`malformed study record: ${issue?.path.join('.')}: ${issue?.message} (${file})`);
}

function parseRecord(json: string, file: string): unknown {
  try {
    return parseJson(json);
  } catch {
    throw new UserError(`malformed study record: not JSON (${file})`);
  }
}
