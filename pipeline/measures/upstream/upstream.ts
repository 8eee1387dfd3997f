import { readBias } from '../../attribution/recursion/components.ts';
import type { AttributionTarget } from '../../attribution/recursion/explain-targets.ts';
import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { ContextFile } from '../../record/context-file.ts';
import { fittingBatch } from '../../record/fitting-batch.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { ComputeTogether, MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import { lowerSaes } from '../../sae/lower-saes.ts';
import type { Sae } from '../../sae/sae.ts';
import { fillTable } from '../../store/fill-table.ts';
import { chooseExamples } from './choose-examples.ts';
import { Explainer } from './explainer.ts';
import { openFrozenPass } from './frozen-contexts.ts';
import { LayerSums, type LayerSumsState } from './layer-sums.ts';
import { componentsBelow, lowerSites, type UpstreamSaes } from './programs.ts';
import { upstream } from './table.ts';

export interface UpstreamJob {
  /** Where the table goes. */
  readonly out: string;
  readonly upstreamExamples: number;
  /** Forward tokens that it may cost. */
  readonly limit?: number | undefined;
  /** The SAEs by which lower layers are taken apart, where a layer has several. */
  readonly upstreamSaes: readonly string[] | undefined;
  readonly engine: Engine;
  readonly model: Model;
  readonly contexts: ContextFile;
  readonly recorders: readonly Pick<LayerRecorder, 'sae' | 'top'>[];
  readonly parts: StoredParts;
  readonly effects: Effects;
}

/** What upstream features cost, whichever processes computed them. */
export interface UpstreamCost {
  readonly tokens: number;
  /** Examples that were not taken apart for want of tokens. */
  readonly examplesWithout: number;
}

type SumsJob = Omit<UpstreamJob, 'out' | 'parts'>;

/** Contexts of a forward pass, whatever the settings say, so that the numbers do not depend on them. */
const mostContexts = 8;
const featuresPerAppend = 256;

/**
 * What each feature reads, by recursive attribution over up to `upstreamExamples` of its recorded top examples, no two
 * of one context, chosen so that few contexts serve many features. It costs one forward pass of each chosen context; what
 * that was, where it has a limit.
 */
export async function writeUpstream({ out, parts, ...job }: UpstreamJob): Promise<UpstreamCost | undefined> {
  if (job.upstreamExamples === 0) return undefined;
  const saes = upstreamSaes(job);
  const sums = new Map<string, LayerSums>();
  await parts.ready(saes.readers.map(partName));
  for (const sae of saes.readers) {
    const stored = await parts.read<LayerSumsState>(partName(sae));
    if (stored) sums.set(sae.id, emptySums(job, saes, sae, stored));
  }
  const left = saes.readers.filter(({ id }) => !sums.has(id));
  const choose = chooserOf(job);
  const found = await sumsOf(job, saes, left, choose);
  for (const sae of left) {
    const own = found.get(sae.id);
    if (!own) continue;
    sums.set(sae.id, own);
    await parts.write(partName(sae), own.state);
  }
  await writeTable(out, saes.readers, sums);
  return costOf(job, saes, choose);
}

/** The sums of each SAE's features apart. */
export function upstreamParts(job: SumsJob): MeasurePart[] {
  if (job.upstreamExamples === 0) return [];
  const saes = upstreamSaes(job);
  const together: ComputeTogether = async (names) => {
    const wanted = saes.readers.filter((sae) => names.includes(partName(sae)));
    const sums = await sumsOf(job, saes, wanted);
    return new Map(wanted.map((sae) => [partName(sae), sums.get(sae.id)?.state]));
  };
  return saes.readers.map((sae) => ({
    name: partName(sae),
    compute: async () => (await sumsOf(job, saes, [sae])).get(sae.id)?.state,
    together,
  }));
}

const partName = ({ id }: Sae) => `upstream-${id}`;

function upstreamSaes({ recorders, upstreamSaes: asked }: SumsJob): UpstreamSaes {
  const readers = recorders.map(({ sae }) => sae);
  return { readers, lower: lowerSaes(readers, asked) };
}

function emptySums({ model, upstreamExamples }: SumsJob, saes: UpstreamSaes, sae: Sae, state?: LayerSumsState) {
  const { layer, dSae } = sae;
  const lower = new Map(saes.lower.map((own) => [own.layer, own.id]));
  const components = [...componentsBelow(model, layer, lowerSites(saes)), ...readBias(model.config, layer)];
  return new LayerSums(sae, { dSae, components, examples: upstreamExamples, lower }, state);
}

/**
 * Sums of some readers' features, by the SAE's id. The passes are the same whichever readers are wanted, and a feature's
 * examples come in the order of their contexts, so that no sum depends on it.
 */
async function sumsOf(
  job: SumsJob,
  saes: UpstreamSaes,
  wanted: readonly Sae[],
  choose = chooserOf(job),
): Promise<Map<string, LayerSums>> {
  const { model, effects, contexts } = job;
  const sums = new Map(wanted.map((sae) => [sae.id, emptySums(job, saes, sae)]));
  const most = contextsWithin(job, saes);
  const targets = [...targetsByContext(choose(most))]
    .map(([context, own]) => [context, new Map([...own].filter(([id]) => sums.has(id)))] as const)
    .filter(([, own]) => own.size > 0);
  if (targets.length === 0) return sums;
  const progress = effects.progress('upstream', targets.length, 'contexts');
  const batch = batchOf(job, saes);
  const pass = await openFrozenPass(job, saes, batch);
  const explainer = new Explainer(job.engine, model, saes, contexts.length);
  for (let at = 0; at < targets.length; at += batch) {
    const group = targets.slice(at, at + batch);
    const frozen = await pass.run(group.map(([context]) => context));
    for (const [i, [, own]] of group.entries()) {
      await explainer.explain(frozen(i), own, (sae, feature, example) => sums.get(sae)?.add(feature, example));
    }
    progress.update(at + group.length);
  }
  progress.end();
  await explainer.dispose();
  await pass.dispose();
  return sums;
}

/** Contexts of a forward pass, by what has room. */
function batchOf({ model, contexts }: SumsJob, saes: UpstreamSaes): number {
  const patterns = saes.readers.length * model.config.nHeads * contexts.length ** 2;
  const activations = saes.lower.reduce((sum, { dSae }) => sum + dSae * contexts.length, 0);
  return fittingBatch(mostContexts, Math.max(patterns, activations));
}

/** Contexts that a limit allows, in whole passes. */
function contextsWithin(job: SumsJob, saes: UpstreamSaes): number {
  if (job.limit === undefined) return Number.POSITIVE_INFINITY;
  const batch = batchOf(job, saes);
  return batch * Math.floor(job.limit / (batch * job.contexts.length));
}

function costOf(job: SumsJob, saes: UpstreamSaes, choose: Chooser): UpstreamCost | undefined {
  const { contexts, limit } = job;
  if (limit === undefined) return undefined;
  const batch = batchOf(job, saes);
  const chosen = choose(contextsWithin(job, saes));
  const used = new Set(chosen.map(({ context }) => context)).size;
  const tokens = Math.ceil(used / batch) * batch * contexts.length;
  return { tokens, examplesWithout: choose(Number.POSITIVE_INFINITY).length - chosen.length };
}

/** By the SAE's id. */
type SaeTargets = Map<string, AttributionTarget[]>;

interface ChosenExample extends AttributionTarget {
  readonly context: number;
  /** The SAE's id. */
  readonly sae: string;
}

/** Examples to take apart, by context, ascending, of so many contexts at the most. */
type Chooser = (mostContexts: number) => ChosenExample[];

/** Looks for candidates when it is first asked. */
function chooserOf({ recorders, contexts: { length }, upstreamExamples }: SumsJob): Chooser {
  let candidates: ReturnType<typeof candidatesOf> | undefined;
  return (mostContexts) => {
    candidates ??= candidatesOf(recorders, length);
    const { saes, features, contexts, positions, first } = candidates;
    return chooseExamples({ features, contexts }, upstreamExamples, mostContexts).map((i) => {
      const sae = saes[i];
      return { context: contexts[i], sae, feature: features[i] - (first.get(sae) ?? 0), position: positions[i] };
    });
  };
}

/** The same by context and by SAE. */
function targetsByContext(examples: readonly ChosenExample[]): Map<number, SaeTargets> {
  const byContext = new Map<number, SaeTargets>();
  for (const { context, sae, feature, position } of examples) {
    const saes: SaeTargets = byContext.get(context) ?? new Map();
    byContext.set(context, saes);
    const own = saes.get(sae) ?? [];
    saes.set(sae, own);
    own.push({ feature, position });
  }
  return byContext;
}

/** Every SAE's top examples, the best of each context, by feature and rank; features are numbered on from SAE to SAE. */
function candidatesOf(recorders: readonly Pick<LayerRecorder, 'sae' | 'top'>[], length: number) {
  const columns = {
    saes: [] as string[],
    features: [] as number[],
    contexts: [] as number[],
    positions: [] as number[],
  };
  const first = new Map<string, number>();
  let features = 0;
  for (const { sae, top } of recorders) {
    first.set(sae.id, features);
    for (let feature = 0; feature < sae.dSae; feature++) {
      const taken = new Set<number>();
      for (const { token } of top.of(feature)) {
        const context = contextOfToken(token, length);
        if (taken.has(context)) continue;
        taken.add(context);
        columns.saes.push(sae.id);
        columns.features.push(features + feature);
        columns.contexts.push(context);
        columns.positions.push(positionOfToken(token, length));
      }
    }
    features += sae.dSae;
  }
  const { saes, positions } = columns;
  return {
    saes,
    positions,
    first,
    features: Int32Array.from(columns.features),
    contexts: Int32Array.from(columns.contexts),
  };
}

async function writeTable(out: string, saes: readonly Sae[], sums: ReadonlyMap<string, LayerSums>): Promise<void> {
  await fillTable(out, upstream, async (table) => {
    for (const { id, dSae } of saes) {
      for (let first = 0; first < dSae; first += featuresPerAppend) {
        const features = Array.from({ length: Math.min(featuresPerAppend, dSae - first) }, (_, i) => first + i);
        await table.append(features.flatMap((feature) => sums.get(id)?.rows(feature) ?? []));
      }
    }
  });
}
