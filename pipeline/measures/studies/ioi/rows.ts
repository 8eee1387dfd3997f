import type { Estimate } from '../../../numbers/grouped-mean.ts';
import { isSure, worksAtEnd } from './maths/roles.ts';
import { sources } from './maths/sources.ts';
import type { Mechanism } from './mechanism.ts';
import { estimateOf, type Scene } from './scene.ts';
import type { NewIoiEdgeRow, NewIoiFeatureRow, NewIoiHeadRow, NewIoiPatchRow } from './table.ts';

/** The id of a layer's SAE, of which the study has one at most. */
const saeOf = ({ saes }: Pick<Scene, 'saes'>, layer: number | null): string | null =>
  saes.find((sae) => sae.layer === layer)?.id ?? null;

export function featureRows(scene: Pick<Scene, 'saes'>, { features, chosen }: Mechanism): NewIoiFeatureRow[] {
  const byLayer = Map.groupBy(features, ({ layer }) => layer);
  return [...byLayer.values()].flatMap((own) =>
    own.map((evidence, rank) => ({
      layer: evidence.layer,
      sae: saeOf(scene, evidence.layer) ?? '',
      rank,
      feature: evidence.feature,
      effect: evidence.effect,
      effect_abba: evidence.effectByOrder.ABBA,
      effect_baba: evidence.effectByOrder.BABA,
      activation_abba: evidence.activation.ABBA,
      activation_baba: evidence.activation.BABA,
      active_abba: evidence.active.ABBA,
      active_baba: evidence.active.BABA,
      selectivity: evidence.selectivity,
      role: chosen.find((each) => each.evidence === evidence)?.role ?? null,
    })),
  );
}

export function headRows({ heads, roles }: Mechanism): NewIoiHeadRow[] {
  return heads.map((head) => ({
    layer: head.layer,
    head: head.head,
    direct: head.direct,
    end_effect: head.endEffect,
    indirect: head.indirect,
    s2_effect: head.s2Effect,
    from_end: head.fromEnd,
    from_s2: head.fromS2,
    to_next: head.toNext,
    roles: roles.filter((each) => each.head === head).map(({ role }) => role),
  }));
}

export function patchRows(scene: Pick<Scene, 'saes'>, { patches }: Mechanism): NewIoiPatchRow[] {
  return patches.map(({ corruption, patched, activation, effect, total, explained }, patch) => ({
    patch,
    corruption,
    patched: patched.kind,
    layer: patched.kind === 'chosen' ? null : patched.layer,
    sae: patched.kind === 'chosen' ? null : saeOf(scene, patched.layer),
    feature: patched.kind === 'feature' ? patched.feature : null,
    activation_clean: activation?.clean ?? null,
    activation_corrupted: activation?.corrupted ?? null,
    effect,
    total,
    explained,
  }));
}

/** Shares of a feature's DFA smaller than this are no arrow. */
const leastShareShown = 0.05;
/** Arrows of one kind into a feature. */
const mostInto = 4;

type Edge = Omit<NewIoiEdgeRow, 'edge' | 'from_sae' | 'to_sae'>;

/** Arrows of the path, from what the features read to what the last heads write. */
export function edgeRows(scene: Scene, mechanism: Mechanism): NewIoiEdgeRow[] {
  const edges = [...readingEdges(mechanism), ...mediatedEdges(mechanism), ...headEdges(scene, mechanism)];
  const ofFeature = (kind: string, layer: number | null) => (kind.startsWith('feature') ? saeOf(scene, layer) : null);
  return edges.map((edge, i) => ({
    edge: i,
    ...edge,
    from_sae: ofFeature(edge.from_kind, edge.from_layer),
    to_sae: ofFeature(edge.to_kind, edge.to_layer),
  }));
}

function readingEdges({ readings }: Mechanism): Edge[] {
  return readings.flatMap(({ layer, feature, bySource, byComponent }) => {
    const to = { to_kind: 'feature', to_layer: layer, to_index: feature, unit: 'share', low: null, high: null };
    const read = strongest(bySource).map(({ head, source, share }) => ({
      ...to,
      ...{
        from_kind: sources[source],
        from_layer: null,
        from_index: null,
        through_head: head,
        value: share,
      },
    }));
    const made = strongest(byComponent).map(({ component, share }) => ({
      ...to,
      ...{ from_kind: component.kind, from_layer: component.layer, from_index: component.feature },
      ...{ through_head: null, value: share },
    }));
    return [...read, ...made];
  });
}

function strongest<T extends { readonly share: number }>(all: readonly T[]): T[] {
  return all
    .filter(({ share }) => Math.abs(share) >= leastShareShown)
    .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, mostInto);
}

function mediatedEdges({ mediations }: Mechanism): Edge[] {
  return mediations.map(({ start, through: [layer, head], effect }) => ({
    ...{ from_kind: `${start.kind} at S2`, from_layer: start.layer, from_index: start.index },
    ...{ to_kind: 'head at END', to_layer: layer, to_index: head, through_head: null, unit: 'logits' },
    ...boundsOf(effect),
  }));
}

function headEdges(scene: Scene, { between, roles }: Mechanism): Edge[] {
  const later = between
    .map(({ from, to, changes }) => ({ from, to, effect: estimateOf(scene, [...changes]) }))
    .filter(({ effect }) => isSure(effect, 1) || isSure(effect, -1))
    .map(
      ({ from, to, effect }): Edge => ({
        ...{ from_kind: 'head at END', from_layer: from[0], from_index: from[1] },
        ...{ to_kind: 'head at END', to_layer: to[0], to_index: to[1], through_head: null, unit: 'logits' },
        ...boundsOf(effect),
      }),
    );
  const written = roles.filter(worksAtEnd).map(
    ({ head: { layer, head, direct } }): Edge => ({
      ...{ from_kind: 'head at END', from_layer: layer, from_index: head },
      ...{ to_kind: 'logits', to_layer: null, to_index: null, through_head: null, unit: 'logits' },
      ...boundsOf(direct),
    }),
  );
  return [...later, ...written];
}

/** An estimate as an arrow's number; no bound is null. */
function boundsOf({ mean, low, high }: Estimate): Pick<Edge, 'value' | 'low' | 'high'> {
  const bound = (value: number) => (Number.isFinite(value) ? value : null);
  return { value: mean, low: bound(low), high: bound(high) };
}
