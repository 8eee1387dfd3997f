import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { makeFolder, removePath, renamePath } from '../../disk/disk.ts';
import { writeFileAtomic } from '../../disk/replace-file.ts';
import { type ExampleRow, FEATURES_PER_BLOCK } from '../../measures/statistics/table.ts';
import { greatest } from '../../numbers/extremes.ts';
import type { ExportJob } from '../exported-saes.ts';
import { activationRecord } from './activation-record.ts';
import { explanationRecord } from './explanation-record.ts';
import { featureRecord } from './feature-record.ts';
import type { SourceIdentity } from './records.ts';
import { sourceIdentity, sourceRecords } from './source-records.ts';

/** Features of a batch, as of Neuronpedia's own exports; a divisor of FEATURES_PER_BLOCK. */
const perBatch = 1024;
const zip = promisify(gzip);

/**
 * Writes OUT/MODEL/SOURCE/ for each SAE, as Neuronpedia imports it: release, model, source set and source, and batches of
 * features, activations and explanations. A source appears only when it is whole.
 */
export async function exportNeuronpedia(job: ExportJob): Promise<string[]> {
  const { config, reader, saes, effects } = job;
  const progress = effects.progress(
    'export',
    saes.reduce((sum, { d_sae }) => sum + d_sae, 0),
    'features',
  );
  const lines: string[] = [];
  let done = 0;
  for (const sae of saes) {
    const source = sourceIdentity(config, reader.record, sae);
    const place = join(config.out, source.modelId, source.sourceId);
    const work = join(config.out, source.modelId, `.${source.sourceId}.incoming`);
    await removePath(work);
    await makeFolder(work);
    const counts = { activations: 0, explanations: 0, dfa: 0 };
    for (let from = 0; from < sae.d_sae; from += FEATURES_PER_BLOCK) {
      await writeBlock(job, sae.sae, from, source, work, counts);
      done = Math.min(done + FEATURES_PER_BLOCK, done + sae.d_sae - from);
      progress.update(done);
    }
    for (const [name, record] of Object.entries(sourceRecords(config, reader.record, sae, counts.dfa > 0))) {
      await writeFileAtomic(join(work, name), jsonLines([record]));
    }
    await removePath(place);
    await renamePath(work, place);
    lines.push(
      `${place}: ${sae.d_sae} features, ${counts.activations} activations, ${counts.explanations} explanations`,
    );
  }
  progress.end();
  return lines;
}

interface Counts {
  activations: number;
  explanations: number;
  dfa: number;
}

async function writeBlock(
  { reader, tokenText }: ExportJob,
  sae: string,
  from: number,
  source: SourceIdentity,
  folder: string,
  counts: Counts,
): Promise<void> {
  const rows = await reader.features(sae, from, from + FEATURES_PER_BLOCK);
  const examples = await reader.examples(sae, from, from + FEATURES_PER_BLOCK);
  const labels = await reader.labels(sae, from, from + FEATURES_PER_BLOCK);
  const neighbours = await reader.neighbours(sae, from, from + FEATURES_PER_BLOCK);
  for (let start = 0; start < rows.length; start += perBatch) {
    const own = rows.slice(start, start + perBatch);
    const name = `batch-${(from + start) / perBatch}.jsonl.gz`;
    const activations = own.flatMap((row) =>
      (examples.get(row.feature) ?? []).map((example) => activationRecord(example, row, tokenText, source)),
    );
    const explanations = own.flatMap((row) =>
      (labels.get(row.feature) ?? []).map((label) => explanationRecord(label, source)),
    );
    const features = own.map((row) => {
      const maxActApprox = maxActivation(examples.get(row.feature) ?? []);
      return featureRecord({ row, maxActApprox, neighbours: neighbours.get(row.feature) ?? [] }, source);
    });
    await writeBatch(join(folder, 'features'), name, features);
    await writeBatch(join(folder, 'activations'), name, activations);
    if (explanations.length > 0) await writeBatch(join(folder, 'explanations'), name, explanations);
    counts.activations += activations.length;
    counts.explanations += explanations.length;
    counts.dfa += activations.filter(({ dfaValues }) => dfaValues.length > 0).length;
  }
}

/** As its writers have it: the greatest activation of the examples; 0 of a feature without any. */
const maxActivation = (examples: readonly ExampleRow[]): number =>
  greatest(
    examples.map(({ activations }) => greatest(activations)),
    0,
  );

async function writeBatch(folder: string, name: string, records: readonly object[]): Promise<void> {
  await makeFolder(folder);
  await writeFileAtomic(join(folder, name), await zip(jsonLines(records), { level: 5 }));
}

const jsonLines = (records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
