import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { DamagedFile } from '../../pipeline/disk/checksum.ts';
import { readIntactJson, readSealedJson, writeSealedJson } from '../../pipeline/disk/sealed-json.ts';
import { removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterEach(removeTemporaryFolders);

const schema = z.object({ contexts: z.int() });

async function sealed(value: unknown): Promise<string> {
  const path = join(await temporaryFolder(), 'state.json');
  await writeSealedJson(path, value);
  return path;
}

it('a value comes back by its schema, and nothing where there is no file', async () => {
  const path = await sealed({ contexts: 3 });
  expect(await readSealedJson(path, schema)).toEqual({ contexts: 3 });
  expect(await readSealedJson(`${path}.none`, schema)).toBeUndefined();
});

it('a value that was changed, or that another version wrote, is damaged, and as good as none where that is wanted', async () => {
  const changed = await sealed({ contexts: 3 });
  await writeFile(changed, (await readFile(changed, 'utf8')).replace('"contexts": 3', '"contexts": 4'));
  for (const path of [changed, await sealed({ contexts: 'three' }), await sealed([3])]) {
    await expect(readSealedJson(path, schema)).rejects.toThrow(DamagedFile);
    expect(await readIntactJson(path, schema)).toBeUndefined();
  }
});
