import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors/user-error.ts';
import { parseJson } from '../files/tokenizer/json.ts';
import { type RunRecord, runRecord } from '../record/run-record.ts';

/** OUT/run.json of a finished run; throws UserError where it is missing or malformed. */
export async function readRunRecord(outDir: string): Promise<RunRecord> {
  const file = join(outDir, 'run.json');
  const json = await readFile(file, 'utf8').catch(() => {
    throw new UserError(`no finished run: ${file} is missing, expected a folder written by the run command`);
  });
  const parsed = runRecord.safeParse(parseRecord(json, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`malformed run record: ${issue.path.join('.')}: ${issue.message} (${file})`);
}

function parseRecord(json: string, file: string): unknown {
  try {
    return parseJson(json);
  } catch {
    throw new UserError(`malformed run record: not JSON (${file})`);
  }
}
