import { roomFor } from '../../../engine/tensor-tree.ts';
import { append } from '../../../numbers/append.ts';
import { type IntTensor, int32 } from '../../../numbers/tensor.ts';
import { itemOf } from '../../../numbers/tensor-rows.ts';
import { contextOfToken, positionOfToken } from '../../../numbers/token-place.ts';
import { Attributor } from '../../../record/attributor.ts';
import type { ContextAttention } from '../../../record/example-attributions.ts';
import { blockBatch } from '../../../record/pass-batch.ts';
import { forwardProgram } from '../../../record/programs.ts';
import { showsReading } from '../maths/families.ts';
import { readingOf } from '../maths/reading.ts';
import { classesOf } from '../maths/token-classes.ts';
import { isOfContext } from './claim.ts';
import type { DrawnToken } from './draw-tokens.ts';
import type { CheckedLayer, ChecksCost, FamilyChecksJob } from './job.ts';

/** Contexts of a forward pass at most: no setting, so that the numbers do not depend on any. */
const mostTogether = 8;

/** Contexts that are run together for attributions. */
export const readBatch = ({
  engine,
  model,
  contexts,
}: Pick<FamilyChecksJob, 'engine' | 'model' | 'contexts'>): number =>
  blockBatch(mostTogether, contexts.length, model.config, engine);

interface ReadShown extends ChecksCost {
  readonly shown: ReadonlyMap<CheckedLayer, readonly DrawnToken[]>;
}

interface DrawnInContext {
  readonly attributor: Attributor;
  readonly attention: ContextAttention;
  readonly drawn: readonly DrawnToken[];
}

/** Of tokens drawn for families that are read off attribution, those that show the family; by layer. */
export async function countReadShown(job: FamilyChecksJob, layers: readonly CheckedLayer[]): Promise<ReadShown> {
  const { engine, model, contexts } = job;
  const { length } = contexts;
  const batch = readBatch(job);
  const own = layers.filter(({ read }) => read.length > 0);
  if (own.length === 0) return { shown: new Map(), tokens: 0, contexts: 0 };
  const tools = own.map((layer) => ({
    layer,
    attributor: new Attributor({ engine, model, sae: layer.recorder.sae, length }),
    byContext: Map.groupBy(layer.read, ({ token }) => contextOfToken(token, length)),
    shown: [] as DrawnToken[],
  }));
  const program = forwardProgram(
    model,
    own.map(({ recorder }) => recorder.sae),
    { batch, length },
  );
  const forward = await engine.compile(program);
  const outputs = roomFor(program.outputs);
  const wanted = [...new Set(tools.flatMap(({ byContext }) => [...byContext.keys()]))].sort((a, b) => a - b);
  for (let at = 0; at < wanted.length; at += batch) {
    const group = wanted.slice(at, at + batch);
    await forward({ tokens: await tokensOf(job, group, batch) }, outputs);
    for (const [row, context] of group.entries()) {
      for (const { layer, attributor, byContext, shown } of tools) {
        const { pattern, value } = outputs.layers[layer.recorder.sae.layer];
        const attention = { pattern: itemOf(pattern, row), value: itemOf(value, row) };
        append(shown, await shownIn(job, layer, { attributor, attention, drawn: byContext.get(context) ?? [] }));
      }
    }
  }
  for (const { attributor } of tools) await attributor.dispose();
  await forward.dispose();
  const shown = new Map(tools.map((tool) => [tool.layer, tool.shown]));
  return { shown, tokens: Math.ceil(wanted.length / batch) * batch * length, contexts: wanted.length };
}

/** Of tokens drawn in one context, those that show their family. */
async function shownIn(
  job: FamilyChecksJob,
  layer: CheckedLayer,
  { attributor, attention, drawn }: DrawnInContext,
): Promise<DrawnToken[]> {
  const { length } = job.contexts;
  const examples = drawn.map(({ feature, token }) => ({ feature, position: positionOfToken(token, length) }));
  const shown: DrawnToken[] = [];
  let i = 0;
  for await (const { bySource } of attributor.attribute(attention.pattern, attention.value, examples)) {
    for (let at = 0; at < bySource.length; at += length, i++) {
      if (shows(job, layer, drawn[i], bySource.subarray(at, at + length))) shown.push(drawn[i]);
    }
  }
  return shown;
}

function shows(
  { families, contexts }: FamilyChecksJob,
  { claims, recorder }: CheckedLayer,
  { feature, token }: DrawnToken,
  bySource: Float32Array,
): boolean {
  const claim = claims.get(feature);
  if (!claim || isOfContext(claim.family)) return false;
  const { classes, succession, windows } = families;
  const tokens = contexts.tokensOf(contextOfToken(token, contexts.length));
  const position = positionOfToken(token, contexts.length);
  const reading = readingOf({
    ...{ succession, promoted: claim.promoted, bySource, window: windows?.[recorder.sae.layer] ?? null },
    ...{ classes: classesOf(tokens, position + 1, classes), position },
  });
  return showsReading(claim.family, reading, claim.token);
}

async function tokensOf({ contexts }: FamilyChecksJob, group: readonly number[], batch: number): Promise<IntTensor> {
  const tokens = int32([batch, contexts.length]);
  for (const [row, context] of group.entries()) tokens.data.set(await contexts.read(context, 1), row * contexts.length);
  return tokens;
}
