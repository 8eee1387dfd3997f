import { partOf } from '../../effects/part-of.ts';
import type { Effects } from '../../effects.ts';
import { shareOf } from '../../record/budget.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import type { Sae } from '../../sae/sae.ts';
import { computeLogitEffects, type FeatureLogits } from '../logits/logits.ts';
import { type ContextCuts, type CutJob, measureContextCuts } from './context-cuts.ts';
import type { FamilyContext } from './families.ts';
import { openVerdicts } from './open-verdicts.ts';

interface CutContextsJob extends Pick<CutJob, 'engine' | 'model' | 'contexts' | 'examples'> {
  readonly families: FamilyContext;
  /** Forward tokens that the cuts of all SAEs may cost. */
  readonly limit?: number | undefined;
  readonly effects: Effects;
}

/** What was recorded of an SAE, and what its features promote. */
export interface PromotingSae {
  readonly recorder: LayerRecorder;
  readonly logits: FeatureLogits;
}

const partName = ({ id }: Sae) => `context-cuts-${id}`;

function cutsOf(
  { engine, model, contexts, examples, families, limit }: CutContextsJob,
  { recorder, logits }: PromotingSae,
  saes: readonly Sae[],
  progress: CutJob['progress'],
): Promise<ContextCuts> {
  const { sae, top } = recorder;
  return measureContextCuts({
    ...{ engine, model, contexts, sae, examples, progress },
    top: (feature) => top.of(feature),
    ...openVerdicts(families, { recorder, contexts, logits }),
    limit: limit === undefined ? undefined : shareOf(limit, sae.dSae, saes),
  });
}

/** Cuts the contexts of every SAE's examples short, by its id, and says what it cost; nothing where no example is to be cut. */
export async function cutContexts(
  { parts, ...job }: CutContextsJob & { readonly parts: StoredParts },
  promoting: readonly PromotingSae[],
): Promise<Map<string, ContextCuts>> {
  const { effects, examples } = job;
  const cuts = new Map<string, ContextCuts>();
  if (examples === 0) return cuts;
  const saes = promoting.map(({ recorder }) => recorder.sae);
  const features = promoting.reduce((sum, { recorder }) => sum + recorder.sae.dSae, 0);
  const progress = effects.progress('context cuts', features, 'features');
  const cost = { passes: 0, tokens: 0 };
  let done = 0;
  for (const one of promoting) {
    const { sae } = one.recorder;
    const measured = await parts.of(partName(sae), () => cutsOf(job, one, saes, partOf(progress, done)));
    cuts.set(sae.id, measured);
    cost.passes += measured.forwardPasses;
    cost.tokens += measured.forwardTokens;
    done += sae.dSae;
  }
  progress.end();
  effects.log(`families: contexts cut short in ${cost.passes} forward passes of ${cost.tokens} tokens in all`);
  return cuts;
}

interface CutPartsJob extends Omit<CutContextsJob, 'families'> {
  families(): FamilyContext;
  /** What was recorded of an SAE; closed again when its cuts are made. */
  recorderOf(sae: Sae): Promise<LayerRecorder>;
}

/** The same of each SAE apart. */
export function contextCutParts({ families, recorderOf, ...job }: CutPartsJob, saes: readonly Sae[]): MeasurePart[] {
  if (job.examples === 0) return [];
  return saes.map((sae) => ({
    name: partName(sae),
    async compute() {
      const recorder = await recorderOf(sae);
      try {
        const logits = await computeLogitEffects(job.engine, job.model, sae);
        const progress = job.effects.progress(`context cuts of sae ${sae.id}`, sae.dSae, 'features');
        const cuts = await cutsOf({ ...job, families: families() }, { recorder, logits }, saes, progress);
        progress.end();
        return cuts;
      } finally {
        await recorder.close();
      }
    },
  }));
}
