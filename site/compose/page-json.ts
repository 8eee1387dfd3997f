import type { ExampleRow } from '../../pipeline/measures/statistics/table.ts';
import type { HeadSequence } from '../measures/sequences/sequences.ts';
import { nameText } from '../page-kit/feature-name.ts';
import type { PageEnv } from '../page-kit/page-env.ts';
import type { FeaturePage } from './feature-page.ts';
import type { HeadPage } from './head-page.ts';

/** Numbers that are not whole are written to so many significant digits; the tables have all. */
const DIGITS = 4;

type Row = Readonly<Record<string, unknown>>;

/**
 * A feature as JSON: its rows of the tables under the names of their columns, tokens as text. Of its examples the top ones;
 * those of intervals are in the tables.
 */
export function featureJson(page: FeaturePage, env: PageEnv): string {
  const { row, examples, labels = [], upstream = [], wiring = [], neighbours = [], check } = page;
  return written({
    model: env.modelName,
    ...row,
    labels: labels.map((label) => without(label, 'layer', 'sae', 'feature')),
    family_check: check ? without(check, 'layer', 'sae', 'feature') : null,
    examples: examples.filter(({ interval }) => interval === 0).map((example) => exampleOf(example, env)),
    upstream: upstream.map((read) => ({
      ...without(read, 'layer', 'sae', 'feature'),
      name: nameOf(read.upstream_sae, read.upstream_feature, env),
    })),
    wiring: wiring.map((read) => ({
      ...without(read, 'layer', 'sae', 'feature'),
      name: nameOf(read.upstream_sae, read.upstream_feature, env),
    })),
    neighbours: neighbours.map((near) => ({
      ...without(near, 'layer', 'sae', 'feature'),
      name: nameOf(near.other_sae, near.other_feature, env),
    })),
  });
}

/** A head as JSON: its rows of the tables, and the features that write most through it. */
export function headJson({ features, row, nameOf: name, ...page }: HeadPage, env: PageEnv): string {
  const { layer, sae, head, verdicts = [], circuits, induction, ioi, sequences = [] } = page;
  return written({
    model: env.modelName,
    ...{ layer, sae, head },
    ...(row && without(row, 'layer', 'sae', 'head', 'top_features', 'top_weights')),
    verdicts: verdicts.map((verdict) => without(verdict, 'layer', 'sae', 'head')),
    circuits: circuits ? without(circuits, 'layer', 'head') : null,
    sequences: sequences.map((sequence) => sequenceOf(sequence, env)),
    induction_study: induction ? without(induction, 'layer', 'head') : null,
    ioi_study: ioi ? without(ioi, 'layer', 'head') : null,
    features: features.map(({ row: { feature }, weight, attribution }) => ({
      feature,
      head_weight: weight,
      attribution_share: attribution,
      name: nameText(name?.(sae, feature)) || null,
    })),
  });
}

function exampleOf(example: ExampleRow, env: PageEnv): Row {
  const { token_ids: ids, ...rest } = example;
  return {
    ...without(rest, 'layer', 'sae', 'feature', 'interval'),
    source: env.source(example.context) ?? null,
    tokens: Array.from(ids, (id) => env.token(id)),
  };
}

function sequenceOf({ row, tokenIds, source }: HeadSequence, env: PageEnv): Row {
  return {
    ...without(row, 'layer', 'head'),
    source: source ?? null,
    tokens: Array.from(tokenIds, (id) => env.token(id)),
  };
}

function nameOf(sae: string | null, feature: number | null, env: PageEnv): string | null {
  if (sae === null || feature === null) return null;
  return nameText(env.nameOf(sae, feature)) || null;
}

const without = (row: Row, ...keys: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([key]) => !keys.includes(key)));

const written = (value: Row): string => `${JSON.stringify(value, plain)}\n`;

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'number') return rounded(value);
  return isNumbers(value) ? Array.from(value, rounded) : value;
}

const isNumbers = (value: unknown): value is Float32Array | Float64Array | Int32Array =>
  value instanceof Float32Array || value instanceof Float64Array || value instanceof Int32Array;

const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS)));
