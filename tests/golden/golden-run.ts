import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { compareSchema } from '../../pipeline/commands/compare.ts';
import { compareRuns } from '../../pipeline/comparison/compare-runs.ts';
import { recordingEffects } from '../../pipeline/effects/recording.ts';
import { type ComparedFeatureRow, comparedFeatures, comparedSaes } from '../../pipeline/measures/comparison/table.ts';
import { type FamilyCheckRow, familyChecks } from '../../pipeline/measures/families/table.ts';
import { headVerdicts, type NewHeadVerdictRow } from '../../pipeline/measures/heads/table.ts';
import { labels, type NewLabelRow } from '../../pipeline/measures/labels/table.ts';
import { trainingCurve } from '../../pipeline/measures/training/table.ts';
import { type NewUpstreamRow, upstream } from '../../pipeline/measures/upstream/table.ts';
import type { NewRowOf, Table } from '../../pipeline/store/column-types.ts';
import { openTable } from '../../pipeline/store/writer.ts';
import { openRun } from '../../pipeline/tables/reader.ts';

const layers = 2;
const features = 12;
const heads = 2;

/** A synthetic run of few features, with the tables that it leaves out: the same bytes every time. */
export async function writeGoldenRun(folder: string): Promise<void> {
  await writeSyntheticRun(folder, { layers, features, heads, vocabulary: 64, seed: 5 });
  await write(folder, upstream, each(features).flatMap(upstreamOf));
  await write(folder, labels, goldenLabels());
  await write(folder, trainingCurve, each(4).map(curvePointOf));
  await write(folder, familyChecks, each(features).map(checkOf));
  await write(folder, headVerdicts, each(layers * heads).flatMap(verdictsOf));
  await writeComparison(folder);
}

/** With a run of the same SAE at layer 0, and at layer 1 of another one, in which every feature is at the next number. */
async function writeComparison(folder: string): Promise<void> {
  const other = `${folder}-other`;
  await writeSyntheticRun(other, { layers, features, heads, vocabulary: 64, seed: 6 });
  const compared = { run: folder, with: other, name: 'the other text', otherSite: '/other/' };
  await compareRuns(compareSchema.parse(compared), recordingEffects().effects);
  const reader = await openRun(folder);
  const saes = await reader.comparedSaes();
  const rows = [await reader.comparedFeatures('0'), (await reader.comparedFeatures('1')).map(movedOn)];
  reader.close();
  await write(folder, comparedFeatures, rows.flat());
  await write(
    folder,
    comparedSaes,
    saes.map((row) => ({ ...row, same_weights: row.own_sae === '0' })),
  );
}

function movedOn(row: ComparedFeatureRow): ComparedFeatureRow {
  const { feature } = row;
  return { ...row, other_feature: (feature + 1) % features, cosine: [0.95, 0.8, 0.4][feature % 3] };
}

/** Layer 1's SAE has a curve, layer 0's none. */
function curvePointOf(i: number): NewRowOf<typeof trainingCurve> {
  const done = (i + 1) / 4;
  return {
    ...{ layer: 1, sae: '1', step: 250 * (i + 1), tokens: 256_000 * (i + 1), learning_rate: 0.002 * (1.25 - done) },
    ...{ loss: 40 / done, explained_variance: 0.5 + 0.4 * done, l0: 20.5 - done, dead: i === 0 ? 3 : 0 },
    threshold: 0.4 + done / 5,
  };
}

/** Two labels of the feature whose page is stored, and one of each that it reads from. */
const goldenLabels = (): NewLabelRow[] => [
  ...each(features).map((feature) => labelOf('0', feature, 0, `label <b>${feature}</b>`, null)),
  labelOf('1', 5, 0, 'names in lists', [0.8, 0.68, 0.88]),
  labelOf('1', 5, 1, 'anything at all', [0.55, 0.42, 0.67]),
];

function labelOf(sae: string, feature: number, rank: number, label: string, scored: number[] | null): NewLabelRow {
  const [value, low, high] = scored ?? [];
  return {
    ...{ layer: Number(sae), sae, feature, rank, label, kind: 'model', author: null, model: 'a-model' },
    ...{ score: value ?? null, score_low: low ?? null, score_high: high ?? null },
    score_kind: scored ? 'detection' : null,
    scores: value === undefined ? [] : [{ kind: 'detection', value, low: low ?? value, high: high ?? value }],
    ...{ source: 'attention style', sae_sha256: '0'.repeat(64) },
  };
}

const each = (count: number) => Array.from({ length: count }, (_, i) => i);

async function write<T extends Table>(folder: string, table: T, rows: readonly NewRowOf<T>[]): Promise<void> {
  const writer = await openTable(folder, table);
  await writer.append(rows);
  await writer.close();
}

function upstreamOf(feature: number): NewUpstreamRow[] {
  const row = { layer: 1, sae: '1', feature, upstream_layer: null, upstream_sae: null, upstream_feature: null };
  const shared = { ...row, head: null, distance: null, examples: 4, seen: 4, wiring: null };
  const read = {
    upstream_layer: 0,
    upstream_sae: '0',
    upstream_feature: feature,
    head: 1,
    distance: 2.5,
    seen: 3,
    wiring: 0.4,
  };
  return [
    { ...shared, ...read, rank: 0, kind: 'feature', share: 0.75 },
    { ...shared, rank: 1, kind: 'embedding', head: 0, share: 0.5, distance: 1 },
    { ...shared, rank: 2, kind: 'constant', share: -0.245 },
    { ...shared, rank: 3, kind: 'mlp', upstream_layer: 0, share: -0.005 },
  ];
}

const checkOf = (feature: number): FamilyCheckRow => ({
  ...{ layer: 1, sae: '1', feature, family: 'induction', tokens: 20, shown: 15, family_share_random: 0.75 },
});

function verdictsOf(place: number): NewHeadVerdictRow[] {
  const layer = Math.floor(place / heads);
  const at = { layer, sae: String(layer), head: place % heads };
  return [10, null].flatMap((features) =>
    [1.5, 2].map((threshold) => ({
      ...{ ...at, features, least_confidence: 0, threshold, roles_low: 1.6, roles_high: 1.8 },
      verdict: threshold > 1.5 ? 'monosemantic candidate' : 'polysemantic',
    })),
  );
}
