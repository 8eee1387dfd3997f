import { headCircuitParts } from '../measures/circuits/head-circuits.ts';
import { contextCutParts } from '../measures/families/cut-contexts.ts';
import { type FamilyContext, openFamilies } from '../measures/families/families.ts';
import { neighbourParts } from '../measures/neighbours/neighbours.ts';
import { wantedNearest } from '../measures/neighbours/wanted-nearest.ts';
import { qualityPart } from '../measures/quality/quality-part.ts';
import { headSequenceParts } from '../measures/sequences/head-sequences.ts';
import { studyParts } from '../measures/studies/run-studies.ts';
import { upstreamParts } from '../measures/upstream/upstream.ts';
import { wiringParts } from '../measures/wiring/wiring.ts';
import { budgetOf } from '../record/budget.ts';
import type { HeadPeaks } from '../record/head-peaks.ts';
import type { LayerRecorder } from '../record/layer-recorder.ts';
import type { MeasurePart } from '../record/stored-parts.ts';
import type { Sae } from '../sae/sae.ts';
import { studyJob } from './study-job.ts';
import type { RunSubject } from './subject.ts';

/** All that can be computed apart once the corpus is recorded, in the order of the stages. */
export async function measureParts(
  subject: RunSubject,
  {
    recorders,
    heads,
  }: { readonly recorders: readonly Pick<LayerRecorder, 'sae' | 'top'>[]; readonly heads: HeadPeaks },
  recorderOf: (sae: Sae) => Promise<LayerRecorder>,
): Promise<MeasurePart[]> {
  const { settings, inputs, samples } = subject;
  const { saes } = inputs;
  const { upstreamSaes, upstreamExamples, wiring, circuitTokens, familyExamples } = settings;
  const on = { engine: subject.engine, model: inputs.model, contexts: subject.contexts, effects: subject.effects };
  const budget = budgetOf(settings, subject.contexts);
  let opened: FamilyContext | undefined;
  const families = () => {
    opened ??= openFamilies(samples.proxy, inputs.model.config, (id) => inputs.tokenizer.tokenText(id));
    return opened;
  };
  return [
    qualityPart({
      ...{ ...on, saes, sample: samples.quality },
      nearestOf: wantedNearest(recorders, settings.neighbours),
    }),
    ...contextCutParts({ ...on, examples: familyExamples, limit: budget?.contextCuts, families, recorderOf }, saes),
    ...headCircuitParts({ ...on, saes, samples, circuitTokens }),
    ...headSequenceParts({ ...on, heads }),
    ...neighbourParts({ ...on, recorders, recorderOf, compared: samples.compared, neighbours: settings.neighbours }),
    ...upstreamParts({ ...on, recorders, upstreamSaes, upstreamExamples, limit: budget?.upstream }),
    ...wiringParts({ ...on, recorders, upstreamSaes, wiring }),
    ...(await studyParts({ study: studyJob(subject), settings, inputs })),
  ];
}
