import type { Effects } from '../../effects.ts';
import type { CompiledBy, Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { int32 } from '../../numbers/tensor.ts';
import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { ContextFile } from '../../record/context-file.ts';
import { fittingBatch } from '../../record/fitting-batch.ts';
import type { HeadPeaks } from '../../record/head-peaks.ts';
import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import { fillTable } from '../../store/fill-table.ts';
import { attentionFromProgram } from './programs.ts';
import { headSequences, type NewHeadSequenceRow } from './table.ts';

export interface HeadSequencesJob {
  /** Where the table goes. */
  readonly out: string;
  readonly engine: Engine;
  readonly model: Model;
  readonly contexts: ContextFile;
  readonly heads: HeadPeaks;
  readonly parts: StoredParts;
  readonly effects: Effects;
}

type RowsJob = Omit<HeadSequencesJob, 'out' | 'parts'>;

/** A head's place in the run, without its attention. */
type Place = Omit<NewHeadSequenceRow, 'attention'>;

/** Contexts of a forward pass: the run's batch is left out, so that no digit depends on it. */
const batch = 8;

/**
 * The contexts that the corpus pass kept of each head, with its attention from the token at which it writes most: one
 * forward pass, up to the head's layer, of each context that is kept.
 */
export async function writeHeadSequences(job: HeadSequencesJob): Promise<void> {
  const { out, heads, parts } = job;
  if (heads.layers.length === 0) return;
  await fillTable(out, headSequences, async (table) => {
    for (const layer of heads.layers) await table.append(await parts.keep(partName(layer), () => rowsOf(job, layer)));
  });
}

/** The rows of each layer's heads apart. */
export const headSequenceParts = (job: RowsJob): MeasurePart[] =>
  job.heads.layers.map((layer) => ({ name: partName(layer), compute: () => rowsOf(job, layer) }));

const partName = (layer: number) => `head-sequences-${layer}`;

async function rowsOf(job: RowsJob, layer: number): Promise<NewHeadSequenceRow[]> {
  const { engine, model, contexts, effects } = job;
  const { nHeads } = model.config;
  const byContext = Map.groupBy(placesOf(job, layer), ({ context }) => context);
  const wanted = [...byContext.keys()].sort((a, b) => a - b);
  const size = fittingBatch(Math.min(batch, Math.max(1, wanted.length)), nHeads * contexts.length ** 2);
  const run = await engine.compile(attentionFromProgram(model, layer, size, contexts.length));
  const progress = effects.progress(`sequences of layer ${layer}`, wanted.length, 'contexts');
  const rows: NewHeadSequenceRow[] = [];
  for (let first = 0; first < wanted.length; first += size) {
    const group = wanted.slice(first, first + size).map((context) => byContext.get(context) ?? []);
    for (const row of await attended(run, { job, group, size })) rows.push(row);
    progress.update(first + group.length);
  }
  progress.end();
  await run.dispose();
  return rows.sort((a, b) => a.head - b.head || a.rank - b.rank);
}

function placesOf({ heads, model, contexts: { length } }: RowsJob, layer: number): Place[] {
  return Array.from({ length: model.config.nHeads }, (_, head) => head).flatMap((head) =>
    heads.of(layer, head).map(({ token, value }, rank) => ({
      ...{ layer, head, rank, norm: value },
      ...{ context: contextOfToken(token, length), position: positionOfToken(token, length) },
    })),
  );
}

/** The places of some contexts, each with its attention; a context holds one place of a head at most. */
async function attended(
  run: CompiledBy<typeof attentionFromProgram>,
  { job, group, size }: { readonly job: RowsJob; readonly group: readonly Place[][]; readonly size: number },
): Promise<NewHeadSequenceRow[]> {
  const { nHeads } = job.model.config;
  const { length, tokensOf } = job.contexts;
  const tokens = int32([size, length]);
  const destinations = int32([size * nHeads]);
  const rowOf = (i: number, { head }: Place) => i * nHeads + head;
  for (const [i, places] of group.entries()) {
    tokens.data.set(tokensOf(places[0].context), i * length);
    for (const place of places) destinations.data[rowOf(i, place)] = place.position;
  }
  const { data } = (await run({ tokens, destinations })).attention;
  return group.flatMap((places, i) =>
    places.map((place) => {
      const start = rowOf(i, place) * length;
      return { ...place, attention: data.slice(start, start + place.position + 1) };
    }),
  );
}
