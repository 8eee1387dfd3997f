import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import { openNpz } from '../../../pipeline/files/npz/npz-file.ts';
import { openSafetensors } from '../../../pipeline/files/safetensors/safetensors.ts';
import type { TensorFile } from '../../../pipeline/files/tensor-file.ts';
import { openTorchFile } from '../../../pipeline/files/torch/torch-file.ts';
import { pickOne, type Random } from '../../../pipeline/numbers/seeded-random.ts';
import { npy } from '../../files/npy.ts';
import type { FuzzTarget } from '../fuzz.ts';
import { chance, mutateBytes, mutateJson, mutateText } from '../mutate.ts';
import { randomPickle } from '../pickles.ts';

const header = {
  __metadata__: { format: 'pt', 'lm_head.weight': 'a' },
  a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
  b: { dtype: 'BF16', shape: [4], data_offsets: [24, 32] },
  c: { dtype: 'I64', shape: [1], data_offsets: [32, 40] },
};

const safetensors: FuzzTarget = {
  name: 'safetensors',
  share: 8,
  run(random, folder) {
    const json = Buffer.from(mutateJson(random, header));
    const length = Buffer.from(BigUint64Array.of(BigInt(json.length)).buffer);
    const whole = Buffer.concat([length, json, Buffer.alloc(40, 1)]);
    return readAll(openSafetensors, join(folder, 'a.safetensors'), sometimes(random, whole));
  },
};

const npz: FuzzTarget = {
  name: 'npz and zip',
  share: 8,
  run(random, folder) {
    const shape = mutateText(random, pickOne(random, ['(2, 3)', '(6,)', '()', '(0, 6)']));
    const descr = chance(random, 0.2) ? mutateText(random, '<f4') : pickOne(random, ['<f4', '<f2', '<f8', '<i8']);
    const array = npy(descr, shape, new Float32Array(12), { isColumnMajor: chance(random, 0.5) });
    const level = chance(random, 0.1) ? 6 : 0;
    const archive = zipSync(
      { 'w.npy': sometimes(random, array), 'b.npy': array, 'c.txt': Buffer.from('x') },
      { level },
    );
    return readAll(openNpz, join(folder, 'a.npz'), sometimes(random, chance(random, 0.3) ? asZip64(archive) : archive));
  },
};

/** The same archive with its directory behind a zip64 record. */
function asZip64(archive: Uint8Array): Uint8Array {
  const end = Buffer.from(archive.subarray(archive.length - 22));
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(archive.length - 22), 64);
  return Buffer.concat([archive.subarray(0, archive.length - 22), record, end]);
}

const fixtures = ['state-dict', 'views', 'half', 'parameters', 'double'].map((name) => fixture(`${name}.pt`));

function fixture(name: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, '../../fixtures/torch', name));
}

const torch: FuzzTarget = {
  name: 'pytorch',
  share: 8,
  run: (random, folder) => readAll(openTorchFile, join(folder, 'a.pt'), mutateBytes(random, pickOne(random, fixtures))),
};

const legacy: FuzzTarget = {
  name: 'pytorch before 1.6',
  share: 6,
  run: (random, folder) => readAll(openTorchFile, join(folder, 'a.pt'), mutateBytes(random, fixture('legacy.pt'))),
};

const pickles: FuzzTarget = {
  name: 'pickles',
  share: 8,
  run(random, folder) {
    const pickle = sometimes(random, randomPickle(random));
    const archive = zipSync({ 'x/data.pkl': pickle, 'x/data/0': new Uint8Array(64) }, { level: 0 });
    return readAll(openTorchFile, join(folder, 'a.pt'), archive);
  },
};

export const weightTargets: readonly FuzzTarget[] = [safetensors, npz, torch, legacy, pickles];

const sometimes = (random: Random, bytes: Uint8Array): Uint8Array =>
  chance(random, 0.5) ? mutateBytes(random, bytes) : bytes;

async function readAll(open: (path: string) => Promise<TensorFile>, path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes);
  const file = await open(path);
  const refusals: unknown[] = [];
  const names = [...file.shapes.keys()].slice(0, 8);
  try {
    for (const name of names) {
      await file.read(name).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
        refusals.push(error); // of one tensor; the others are still to be read
      });
    }
  } finally {
    await file.close();
  }
  if (refusals.length > 0 && refusals.length === names.length) throw refusals[0];
}
