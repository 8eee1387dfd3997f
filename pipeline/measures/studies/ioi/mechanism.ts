import { append } from '../../../numbers/append.ts';
import { ablateFeatures } from './ablate-features.ts';
import { type HeadSeries, headEvidence } from './head-evidence.ts';
import { type ChosenFeature, chooseFeatures, type FeatureEvidence } from './maths/feature-evidence.ts';
import { assignRoles, type HeadEvidence, type RoleOf, worksAtEnd } from './maths/roles.ts';
import { type Patch, patchChosen, patchLayer } from './patch-features.ts';
import { type HeadToHead, patchHeads } from './patch-heads.ts';
import { type FeatureReading, readFeatures } from './read-features.ts';
import { meanDifference, type Scene } from './scene.ts';
import { type Mediation, mediate } from './trace-path.ts';

/** How the model solves what it solves. */
export interface Mechanism {
  readonly features: readonly FeatureEvidence[];
  readonly chosen: readonly ChosenFeature[];
  readonly heads: readonly HeadEvidence[];
  readonly roles: readonly RoleOf[];
  readonly readings: readonly FeatureReading[];
  readonly mediations: readonly Mediation[];
  /** Between heads that have a role. */
  readonly between: readonly HeadToHead[];
  readonly patches: readonly Patch[];
  /** Prompts and layers in which not every active feature was ablated. */
  readonly cut: number;
}

/** Layer by layer: every feature ablated, every head patched; then, of those that matter, the path and the patches. */
export async function findMechanism(scene: Scene): Promise<Mechanism> {
  const layers = await everyLayer(scene);
  const { mean } = meanDifference(scene);
  const chosen = chooseFeatures(layers.features, mean);
  const roles = assignRoles(layers.heads, mean);
  const ends = roles
    .filter((each) => worksAtEnd(each) && each.role !== 'both names')
    .map(({ head }) => [head.layer, head.head] as const);
  const hasRole = ([layer, head]: readonly [number, number]) => ends.some((end) => end[0] === layer && end[1] === head);
  const readings = await readFeatures(scene, chosen);
  const atS2 = roles.filter((each) => !worksAtEnd(each));
  const mediations = await mediate(scene, chosen, atS2, ends);
  const patches = [...(await patchChosen(scene, chosen)), ...layers.patches];
  scene.progress.update(scene.model.config.nLayers + 1);
  const between = layers.between.filter(({ from, to }) => hasRole(from) && hasRole(to));
  return { ...layers, chosen, roles, readings, mediations, between, patches };
}

async function everyLayer(scene: Scene) {
  const features: FeatureEvidence[] = [];
  const heads: HeadSeries[] = [];
  const between: HeadToHead[] = [];
  const patches: Patch[] = [];
  let cut = 0;
  for (let layer = 0; layer < scene.model.config.nLayers; layer++) {
    const before = scene.cost.tails;
    const own = await scene.keep(`layer-${layer}`, () => oneLayer(scene, layer));
    scene.cost.tails = before + own.tails;
    append(heads, own.heads);
    append(between, own.between);
    append(features, own.features);
    append(patches, own.patches);
    cut += own.cut;
    scene.progress.update(layer + 1);
  }
  return { features, heads: headEvidence(scene, heads), between, patches, cut };
}

/** What a layer's heads and features do, and how many tails that cost. */
async function oneLayer(scene: Scene, layer: number) {
  const before = scene.cost.tails;
  const sae = scene.saes.find((each) => each.layer === layer);
  const patched = await patchHeads(scene, layer);
  const { features, cut } = sae ? await ablateFeatures(scene, sae) : { features: [], cut: 0 };
  const patches = sae ? await patchLayer(scene, sae) : [];
  return { ...patched, features, cut, patches, tails: scene.cost.tails - before };
}
