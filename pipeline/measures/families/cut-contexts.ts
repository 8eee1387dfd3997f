import type { Effects } from '../../effects.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import type { Sae } from '../../sae/sae.ts';
import { computeLogitEffects, type FeatureLogits } from '../logits/logits.ts';
import { type CutJob, type MeasuredCuts, measureContextCuts } from './context-cuts.ts';
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

/** Those of all SAEs are one part, that of a run which does all, and of any under a limit, which SAEs share. */
const allCuts = 'context-cuts';
const cutsOfOne = ({ id }: Sae) => `${allCuts}-${id}`;

const noCuts: MeasuredCuts = { bySae: new Map(), cost: { forwardPasses: 0, forwardTokens: 0 } };

async function cutsOf(
  { engine, model, contexts, examples, families, limit, effects }: CutContextsJob,
  promoting: readonly PromotingSae[],
): Promise<MeasuredCuts> {
  if (promoting.length === 0) return noCuts;
  const features = promoting.reduce((sum, { recorder }) => sum + recorder.sae.dSae, 0);
  const progress = effects.progress('context cuts', features, 'features');
  const saes = promoting.map(({ recorder, logits }) => ({
    sae: recorder.sae,
    top: (feature: number) => recorder.top.of(feature),
    ...openVerdicts(families, { recorder, contexts, logits }),
  }));
  const measured = await measureContextCuts({ engine, model, contexts, examples, saes, limit, progress });
  progress.end();
  return measured;
}

/**
 * Cuts the contexts of every SAE's examples short, those of all SAEs together that are not stored, and says what it cost; nothing
 * where no example is to be cut.
 */
export async function cutContexts(
  { parts, ...job }: CutContextsJob & { readonly parts: StoredParts },
  promoting: readonly PromotingSae[],
): Promise<MeasuredCuts> {
  if (job.examples === 0) return noCuts;
  const { bySae, cost } = await parts.keep(allCuts, () =>
    job.limit === undefined ? completed(job, parts, promoting) : cutsOf(job, promoting),
  );
  job.effects.log(
    `families: contexts cut short in ${cost.forwardPasses} forward passes of ${cost.forwardTokens} tokens in all`,
  );
  return { bySae, cost };
}

/** What is stored by SAE, and the rest: before anything that another thread computes meanwhile is waited for. */
async function completed(
  job: CutContextsJob,
  parts: StoredParts,
  promoting: readonly PromotingSae[],
): Promise<MeasuredCuts> {
  const taken = parts.claim(promoting.map(({ recorder }) => cutsOfOne(recorder.sae)));
  const isTaken = ({ recorder }: PromotingSae) => taken.has(cutsOfOne(recorder.sae));
  const own = await storedOrCut(
    job,
    parts,
    promoting.filter((one) => !isTaken(one)),
  );
  const all = [...own, ...(await storedOrCut(job, parts, promoting.filter(isTaken)))];
  return {
    bySae: new Map(all.flatMap(({ bySae }) => [...bySae])),
    cost: {
      forwardPasses: all.reduce((sum, { cost }) => sum + cost.forwardPasses, 0),
      forwardTokens: all.reduce((sum, { cost }) => sum + cost.forwardTokens, 0),
    },
  };
}

/** Of some SAEs, what is stored, and together what is not. */
async function storedOrCut(
  job: CutContextsJob,
  parts: StoredParts,
  promoting: readonly PromotingSae[],
): Promise<MeasuredCuts[]> {
  const known: MeasuredCuts[] = [];
  const missing: PromotingSae[] = [];
  for (const one of promoting) {
    const stored = await parts.read<MeasuredCuts>(cutsOfOne(one.recorder.sae));
    if (stored) known.push(stored);
    else missing.push(one);
  }
  return [...known, await cutsOf(job, missing)];
}

interface CutPartsJob extends Omit<CutContextsJob, 'families'> {
  families(): FamilyContext;
  /** What was recorded of an SAE; closed again when its cuts are made. */
  recorderOf(sae: Sae): Promise<LayerRecorder>;
}

/** The same of each SAE apart; of all together under a limit, which goes where it changes most. */
export function contextCutParts(job: CutPartsJob, saes: readonly Sae[]): MeasurePart[] {
  if (job.examples === 0) return [];
  const part = (name: string, own: readonly Sae[]): MeasurePart => ({
    name,
    compute: () => cutsOfRecorded(job, own),
    isAwaited: true,
  });
  if (job.limit !== undefined) return [part(allCuts, saes)];
  return saes.map((sae) => part(cutsOfOne(sae), [sae]));
}

async function cutsOfRecorded(
  { families, recorderOf, ...job }: CutPartsJob,
  saes: readonly Sae[],
): Promise<MeasuredCuts> {
  const promoting: PromotingSae[] = [];
  try {
    for (const sae of saes) {
      const recorder = await recorderOf(sae);
      promoting.push({ recorder, logits: await computeLogitEffects(job.engine, job.model, sae) });
    }
    return await cutsOf({ ...job, families: families() }, promoting);
  } finally {
    for (const { recorder } of promoting) await recorder.close();
  }
}
