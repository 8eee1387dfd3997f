import { sources } from '../../../../../pipeline/measures/studies/ioi/maths/sources.ts';
import type {
  IoiAnswerRow,
  IoiEdgeRow,
  IoiFeatureRow,
  IoiHeadRow,
  IoiPatchRow,
  IoiTotalRow,
} from '../../../../../pipeline/measures/studies/ioi/table.ts';
import type { IoiData } from '../../../../../site/measures/studies/ioi/data.ts';

export const sure = (mean: number) => ({ mean, low: mean - 0.1, high: mean + 0.1 });
export const unsure = (mean: number) => ({ mean, low: mean - 9, high: mean + 9 });
const shares = (attention: Partial<Record<(typeof sources)[number], number>>) =>
  Float64Array.from(sources, (source) => attention[source] ?? 0);

export const answer = (story_order: string, part: Partial<IoiAnswerRow> = {}): IoiAnswerRow => ({
  ...{ template: 3, story_order, habit: 'solves it', example: 'When <Ann> and Bo met, Bo gave a "pen" to' },
  ...{ receiver: 'Ann', giver: 'Bo', difference: sure(2), positive: 8, best: 8, prompts: 8 },
  ...part,
});

const total = (templates: string, story_order: string): IoiTotalRow => ({
  ...{ templates, story_order, template_count: 2, difference: sure(2), positive: 15, prompts: 16 },
});

export const feature = (part: Partial<IoiFeatureRow>): IoiFeatureRow => ({
  ...{ layer: 0, sae: '0', rank: 0, feature: 2, effect: sure(-1), effect_abba: sure(-2), effect_baba: sure(0.5) },
  ...{ activation_abba: 3, activation_baba: 1, active_abba: 8, active_baba: 4, selectivity: -0.5, role: 'position' },
  ...part,
});

export const head = (layer: number, number: number, part: Partial<IoiHeadRow>): IoiHeadRow => ({
  ...{ layer, head: number, direct: unsure(0), end_effect: unsure(0), indirect: unsure(0), s2_effect: unsure(0) },
  ...{ from_end: shares({}), from_s2: shares({}), to_next: 0, roles: [] },
  ...part,
});

const edge = (part: Partial<IoiEdgeRow>): IoiEdgeRow => ({
  ...{ edge: 0, from_kind: 'feature at S2', from_layer: 0, from_index: 2, to_kind: 'head at END', to_layer: 1 },
  ...{
    from_sae: '0',
    to_sae: null,
    to_index: 0,
    through_head: null,
    unit: 'logits',
    value: -0.5,
    low: -0.6,
    high: -0.4,
  },
  ...part,
});

const patch = (part: Partial<IoiPatchRow>): IoiPatchRow => ({
  ...{ patch: 0, corruption: 'conjunction', patched: 'feature', layer: 0, sae: '0', feature: 2, activation_clean: 2 },
  ...{ activation_corrupted: 1, effect: sure(-0.5), total: sure(-1), explained: 0.5 },
  ...part,
});

/** A study of two templates, with a path that it found. */
export const ioiData: IoiData = {
  answers: [answer('ABBA'), answer('BABA')],
  totals: ['all', 'solved'].flatMap((templates) => ['ABBA', 'BABA', 'both'].map((order) => total(templates, order))),
  features: [feature({})],
  heads: [
    head(0, 1, { s2_effect: sure(-1), roles: ['induction'], from_s2: shares({ 'after S1': 0.7, BOS: 0.05 }) }),
    head(1, 0, { direct: sure(1), roles: ['name mover'], from_end: shares({ IO: 0.6 }) }),
  ],
  edges: [
    edge({
      from_kind: 'and',
      to_kind: 'feature',
      to_layer: 0,
      to_index: 2,
      through_head: 1,
      unit: 'share',
      value: 0.4,
    }),
    edge({
      from_kind: 'and',
      to_kind: 'feature',
      to_layer: 0,
      to_index: 2,
      through_head: 0,
      unit: 'share',
      value: 0.2,
    }),
    edge({}),
    edge({ from_kind: 'head at S2', from_index: 1, value: -0.3, low: -0.9, high: 0.3 }),
    edge({ from_kind: 'head at END', from_layer: 1, from_index: 0, to_kind: 'logits', value: 1, low: 0.9, high: 1.1 }),
  ],
  patches: [
    patch({}),
    patch({ patch: 1, patched: 'layer', feature: null, activation_clean: null, effect: unsure(-0.1) }),
  ],
  settings: { replacesAnd: 'plus<' },
  label: () => ({ family: 'local context', promoted: [0] }),
};
