import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentEffects } from '../../../../effects.ts';
import type { Engine } from '../../../../engine/program.ts';
import { append } from '../../../../numbers/append.ts';
import { openRecorders, recordActivations } from '../../../../record/activations.ts';
import type { ContextFile } from '../../../../record/context-file.ts';
import { contextsInMemory } from '../../../../record/contexts-in-memory.ts';
import type { LayerRecorder } from '../../../../record/layer-recorder.ts';
import { readExamples } from '../../../../record/read-examples.ts';
import { wholeRun } from '../../../../record/sample.ts';
import { Workspace } from '../../../../record/workspace.ts';
import { measureContextCuts } from '../../../families/context-cuts.ts';
import { familyFinding, openFamilies } from '../../../families/families.ts';
import type { FamilySupport } from '../../../families/maths/families.ts';
import type { Family } from '../../../families/maths/family-names.ts';
import { scoreOf } from '../../../families/maths/family-scores.ts';
import { openVerdicts } from '../../../families/open-verdicts.ts';
import { computeLogitEffects } from '../../../logits/logits.ts';
import { featureStatistics } from '../../../statistics/maths/feature-statistics.ts';
import { plantedFeatures } from './features.ts';
import { type PlantedOptions, plantedLayout } from './layout.ts';
import { plantedModel } from './model.ts';
import { plantedSaes } from './saes.ts';
import { plantedContexts } from './text.ts';

/** What a planted feature is, and what it was called. */
export interface JudgedFeature {
  readonly layer: number;
  readonly feature: number;
  /** null for one made never to fire. */
  readonly truth: Family | null;
  /** null where it never fired. */
  readonly called: Family | null;
  /** Its score of the family it was called, and the examples that show that family. */
  readonly score: number;
  readonly support: FamilySupport | null;
}

const batch = 16;
const topExamples = 20;
const maxEntries = 1 << 20;

/** Has the features of a model made by hand judged as those of a run are, by the same code. */
export async function judgePlanted(
  options: PlantedOptions,
  engine: Engine,
  familyExamples: number,
): Promise<JudgedFeature[]> {
  const model = plantedModel(options);
  const contexts = contextsInMemory(plantedContexts(options));
  const folder = await mkdtemp(join(tmpdir(), 'atlas-planted-'));
  try {
    const effects = silentEffects();
    const workspace = await Workspace.open(folder, 'planted');
    const segmentTokens = contexts.count * contexts.length;
    const recording = { engine, model, contexts, workspace, batch, examples: topExamples, segmentTokens, effects };
    const recorders = await openRecorders({ ...recording, saes: plantedSaes(options) });
    await recordActivations({ ...recording, saes: recorders.map(({ sae }) => sae) }, recorders);
    const families = openFamilies(wholeRun(contexts), model.config, plantedLayout(options).tokenText);
    const judged: JudgedFeature[] = [];
    for (const recorder of recorders) {
      const own = { recorder, families, contexts, engine, model, familyExamples };
      append(judged, await judgeLayer(own, options));
      await recorder.close();
    }
    return judged;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface JudgedLayer {
  readonly recorder: LayerRecorder;
  readonly families: ReturnType<typeof openFamilies>;
  readonly contexts: ContextFile;
  readonly engine: Engine;
  readonly model: ReturnType<typeof plantedModel>;
  readonly familyExamples: number;
}

async function judgeLayer(job: JudgedLayer, options: PlantedOptions): Promise<JudgedFeature[]> {
  const { recorder, families, contexts, engine, model } = job;
  const { sae } = recorder;
  const logits = await computeLogitEffects(engine, model, sae);
  const { bySae } = await measureContextCuts({
    ...{ engine, model, contexts, examples: job.familyExamples },
    saes: [
      { sae, top: (feature) => recorder.top.of(feature), ...openVerdicts(families, { recorder, contexts, logits }) },
    ],
    progress: { update() {}, end() {} },
  });
  const cuts = bySae.get(sae.id);
  const truths = plantedFeatures(options)[sae.layer];
  const judged: JudgedFeature[] = [];
  for (const activations of recorder.activations.features(maxEntries)) {
    const feature = judged.length;
    const { columns } = familyFinding(families, {
      ...{ sae, feature, activations, cuts },
      max: featureStatistics(activations).maxActivation,
      examples: readExamples(recorder, feature, contexts),
      promoted: logits.positive(feature),
      spread: logits.spread(feature),
    });
    const { family, family_scores, family_support } = columns;
    judged.push({
      ...{ layer: sae.layer, feature, called: family },
      truth: truths[feature]?.family ?? null,
      score: family && family_scores ? scoreOf(family_scores, family) : 0,
      support: family_support,
    });
  }
  return judged;
}
