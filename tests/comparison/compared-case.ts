import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { compareSchema } from '../../pipeline/commands/compare.ts';
import { compareRuns } from '../../pipeline/comparison/compare-runs.ts';
import { recordingEffects } from '../../pipeline/effects/recording.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { saeIdentity } from '../../pipeline/record/identity.ts';
import { listSaes } from '../../pipeline/sae/formats/sae-dir.ts';
import { saeName } from '../../pipeline/sae/formats/sae-name.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';
import { writeSaeFolder } from '../run/site-case.ts';

const [layers, features, heads] = [2, 40, 2];
const dIn = 32 * heads;

/** Where the other run has a feature of this one: its decoder row, at another number. */
export const movedTo = (feature: number): number => (7 * feature + 3) % features;

export interface ComparedCase {
  readonly folder: string;
  readonly own: string;
  readonly other: string;
  /** Compares them; the lines that it logs. */
  compare(settings?: Readonly<Record<string, unknown>>): Promise<string[]>;
  read<T>(effect: (own: RunReader, other: RunReader) => Promise<T>): Promise<T>;
}

/** Two synthetic runs of one model on different texts; with `weights` each has SAEs of its own, else both the same. */
export async function comparedCase({ weights = false } = {}): Promise<ComparedCase> {
  const folder = await temporaryFolder();
  const [own, other] = [join(folder, 'own'), join(folder, 'other')];
  for (const [i, run] of [own, other].entries()) {
    await writeSyntheticRun(run, { layers, features, heads, vocabulary: 64, seed: 5 + i });
    if (weights) await withSaes(run, join(folder, `saes-${i}`), i === 0 ? (feature) => feature : movedTo);
  }
  const saes = weights ? { saes: join(folder, 'saes-0'), otherSaes: join(folder, 'saes-1') } : {};
  return {
    ...{ folder, own, other },
    async compare(settings = {}) {
      const { effects, lines } = recordingEffects();
      const given = { run: own, with: other, backend: 'onnx-cpu', threads: 1, ...saes, ...settings };
      await compareRuns(compareSchema.parse(given), effects);
      return lines;
    },
    async read(effect) {
      const [a, b] = [await openRun(own), await openRun(other)];
      const result = await effect(a, b);
      a.close();
      b.close();
      return result;
    },
  };
}

/** SAEs with the same decoder rows, slightly turned and at other places, which the run's record names as its own. */
async function withSaes(run: string, folder: string, placeOf: (feature: number) => number): Promise<void> {
  for (let layer = 0; layer < layers; layer++) {
    const random = seededRandom(layer);
    const wDec = float32([features, dIn]);
    for (let feature = 0; feature < features; feature++) {
      const place = placeOf(feature);
      const turned = place === feature ? 0 : 0.02;
      const row = Array.from({ length: dIn }, () => random() - 0.5 + turned);
      wDec.data.set(row, place * dIn);
    }
    const biases = { bEnc: float32([features]), bDec: float32([dIn]), wEnc: float32([dIn, features]) };
    const kind = { id: String(layer), layer, site: 'z', dIn, dSae: features, activation: { kind: 'relu' } } as const;
    const sae = { ...kind, ...biases, wDec, subtractDecoderBias: true, source: '' };
    await writeSaeFolder(join(folder, `layer-${layer}`), sae);
  }
  const file = join(run, 'run.json');
  const record = JSON.parse(await readFile(file, 'utf8'));
  for (const source of await listSaes(folder)) {
    Object.assign(record.saes[source.layer], await saeIdentity(source), { source: saeName(source) });
  }
  await writeFile(file, JSON.stringify(record));
}
