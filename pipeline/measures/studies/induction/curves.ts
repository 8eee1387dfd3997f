import type { Engine, OutputsOf } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { vocabularyOf } from '../../../model/vocabulary.ts';
import { MeanInterval, type MeanWithInterval } from '../../../numbers/mean-interval.ts';
import { float32, int32 } from '../../../numbers/tensor.ts';
import type { StudyJob } from '../study.ts';
import type { RepeatedPrefix } from './maths/repeated-prefix.ts';
import { meanUnembeddingProgram, repeatProgram } from './programs.ts';
import type { Sequences } from './sequences.ts';

/** A head on sequences of one length of prefix. */
interface CurvePoint {
  readonly prefix: number;
  readonly attention: MeanWithInterval;
  readonly attribution: MeanWithInterval;
}

export interface Curves {
  /** [layer·nHeads + head][prefix − 1] */
  readonly byHead: readonly (readonly CurvePoint[])[];
}

/** Every head on every sequence: one forward pass of each. */
export async function measureCurves(
  job: Pick<StudyJob, 'engine' | 'model' | 'batch' | 'effects'>,
  { byPrefix, length }: Sequences,
): Promise<Curves> {
  const { engine, model, batch, effects } = job;
  const heads = model.config.nLayers * model.config.nHeads;
  const total = byPrefix.reduce((sum, examples) => sum + examples.length, 0);
  const progress = effects.progress('repeated prefixes', total, 'sequences');
  const mean = await meanLogit(engine, model);
  const run = await engine.compile(repeatProgram(model, batch, length));
  const points: CurvePoint[][] = Array.from({ length: heads }, () => []);
  let done = 0;
  for (const [i, examples] of byPrefix.entries()) {
    const sums = new HeadSums(heads);
    for (let at = 0; at < examples.length; at += batch) {
      const group = examples.slice(at, at + batch);
      sums.add(await run({ ...inputsOf(group, batch, length), mean }), group.length);
      done += group.length;
      progress.update(done);
    }
    for (let head = 0; head < heads; head++) points[head]?.push({ prefix: i + 1, ...sums.of(head) });
  }
  progress.end();
  await run.dispose();
  return { byHead: points };
}

async function meanLogit(engine: Engine, model: Model) {
  const mask = float32([1, model.config.vocabSize]);
  for (const id of vocabularyOf(model)) mask.data[id] = 1;
  const run = await engine.compile(meanUnembeddingProgram(model));
  const { mean } = await run({ mask });
  await run.dispose();
  return mean;
}

/** The last batch's empty rows hold token 0 throughout, and are not read. */
function inputsOf(group: readonly RepeatedPrefix[], rows: number, length: number) {
  const tokens = int32([rows, length]);
  const sources = float32([rows, length]);
  const answers = int32([rows]);
  for (const [row, sequence] of group.entries()) {
    tokens.data.set(sequence.tokens, row * length);
    sources.data[row * length + sequence.source] = 1;
    answers.data[row] = sequence.answer;
  }
  return { tokens, sources, answers };
}

class HeadSums {
  readonly #attention: MeanInterval[];
  readonly #attribution: MeanInterval[];

  constructor(heads: number) {
    this.#attention = Array.from({ length: heads }, () => new MeanInterval());
    this.#attribution = Array.from({ length: heads }, () => new MeanInterval());
  }

  add({ attention, attribution }: OutputsOf<typeof repeatProgram>, rows: number): void {
    const heads = this.#attention.length;
    for (let row = 0; row < rows; row++) {
      for (let head = 0; head < heads; head++) {
        this.#attention[head]?.add(attention.data[row * heads + head]);
        this.#attribution[head]?.add(attribution.data[row * heads + head]);
      }
    }
  }

  of(head: number): Omit<CurvePoint, 'prefix'> {
    const [attention, attribution] = [this.#attention[head], this.#attribution[head]];
    if (!attention || !attribution) throw new RangeError(`no head ${head}`);
    return { attention: attention.value, attribution: attribution.value };
  }
}
