import type { ModelConfig } from '../../../model/model.ts';
import { OverBudget } from '../over-budget.ts';
import type { StudyJob } from '../study.ts';
import { mostAblated } from './ablate-features.ts';
import { type ActiveAt, encodeRows, readBy } from './activations.ts';
import { type Dataset, type Prompt, type Telling, variants } from './maths/dataset.ts';
import { mostFeatures } from './maths/feature-evidence.ts';
import { mostAtEnd, mostAtS2 } from './maths/roles.ts';
import { promptTokens, type Seen } from './snapshots.ts';
import { tailTokens } from './tail-runner.ts';

/** Of each template: scenes that decide whether the model solves it, and others, on which everything is measured. */
interface Scenes {
  readonly choosing: number;
  readonly measured: number;
}

export const allScenes: Scenes = { choosing: 8, measured: 8 };
/** Fewer say nothing of a template. */
const leastScenes: Scenes = { choosing: 4, measured: 2 };
/** At most so many prompts are taken apart. */
export const mostPrompts = 120;
/** Of a limit, what asking the model may take; the rest is for taking apart how it answers. */
const askingShare = 1 / 4;

/**
 * The tellings that a limit of forward tokens has room for, all where there is none: the first scenes of either kind, a quarter
 * of the limit or the fewest there may be. Throws OverBudget where these are too many.
 */
export function tellingsAsked({ limit, model }: Pick<StudyJob, 'limit' | 'model'>, { tellings }: Dataset): Telling[] {
  if (limit === undefined) return [...tellings];
  const first = ({ choosing, measured }: Scenes) =>
    tellings.filter(
      ({ clean: { scene } }) =>
        scene < choosing || (scene >= allScenes.choosing && scene < allScenes.choosing + measured),
    );
  const cost = (some: readonly Telling[]) =>
    promptTokens(
      some.map(({ clean }) => clean),
      model,
    );
  for (let measured = allScenes.measured; measured > leastScenes.measured; measured--) {
    const some = first({ choosing: Math.max(leastScenes.choosing, measured), measured });
    if (cost(some) <= askingShare * limit) return some;
  }
  const fewest = first(leastScenes);
  if (cost(fewest) > limit) throw new OverBudget(limit, cost(fewest));
  return fewest;
}

/** What prompts that are taken apart cost at most, by prompt; of a prompt that was seen, with its active features at S2. */
export async function takingApart(
  { engine, model: { config }, saes }: Pick<StudyJob, 'engine' | 'model' | 'saes'>,
  seen: readonly Seen[],
  longest: number,
): Promise<Map<Prompt, number>> {
  const active = new Map<number, ActiveAt[]>();
  for (const sae of saes) {
    const x = seen.map((each) => readBy(each, sae));
    active.set(sae.layer, await encodeRows(engine, sae, x));
  }
  return new Map(
    seen.map(({ prompt }, i) => {
      const positions = prompt.places.end - prompt.places.s2 + 1;
      const features = Array.from({ length: config.nLayers }, (_, layer) => active.get(layer)?.[i]?.size);
      return [prompt, mostTailTokens(config, positions, features) + mostFeatures * longest];
    }),
  );
}

/**
 * Forward tokens at most of the tails of a prompt of so many positions from S2 on, with so many active features in each layer,
 * or no SAE there: all that findMechanism runs.
 */
export function mostTailTokens(
  config: Pick<ModelConfig, 'nLayers' | 'nHeads'>,
  positions: number,
  features: readonly (number | undefined)[],
): number {
  const corruptions = variants.length - 1;
  const fromS2 = (layer: number) => tailTokens(config, layer, positions);
  const atEnd = (layer: number) => tailTokens(config, layer, 1);
  const starts = mostFeatures + mostAtS2;
  const patched = corruptions * (mostFeatures + 1);
  const each = features.map((active, layer) => {
    const ablated = active === undefined ? 0 : Math.min(active, mostAblated) + corruptions;
    return (config.nHeads + ablated) * fromS2(layer) + config.nHeads * atEnd(layer);
  });
  return each.reduce((sum, own) => sum + own, (starts + patched) * fromS2(0) + starts * mostAtEnd * atEnd(0));
}

/** What a number of tellings costs that are taken apart: their forward passes, those of what is changed in them, and their tails. */
export function mechanismTokens(
  model: StudyJob['model'],
  tellings: readonly Telling[],
  byPrompt: ReadonlyMap<Prompt, number>,
): number {
  const changed = tellings.flatMap((telling) => variants.slice(1).map((variant) => telling[variant]));
  const clean = tellings.map((telling) => telling.clean);
  const tails = clean.reduce((sum, prompt) => sum + (byPrompt.get(prompt) ?? 0), 0);
  return promptTokens(clean, model) + promptTokens(changed, model) + tails;
}
