import { greatest } from '../../numbers/extremes.ts';
import type { ContextFile } from '../../record/context-file.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import { readExamples } from '../../record/read-examples.ts';
import type { FeatureLogits } from '../logits/logits.ts';
import { examplesRead, type FamilyContext } from './families.ts';
import type { ContextCurve } from './maths/context-curve.ts';
import { readScores } from './maths/families.ts';
import { type Attributed, isOpen } from './maths/open-verdict.ts';

interface Recorded {
  readonly recorder: LayerRecorder;
  readonly contexts: ContextFile;
  readonly logits: FeatureLogits;
}

/** What a feature's cuts depend on. */
export interface OpenVerdicts {
  /** Whether longer cuts may still give a feature another family. A verdict that attribution settles needs none. */
  isOpen(feature: number, curve: ContextCurve): boolean;
  /** The largest of the scores that attribution gives it. */
  explained(feature: number): number;
}

/** Which features of an SAE are to be followed further. */
export function openVerdicts(families: FamilyContext, { recorder, contexts, logits }: Recorded): OpenVerdicts {
  const { dSae, layer } = recorder.sae;
  const attributed = Array.from({ length: dSae }, (_, feature): Attributed => {
    const { readings } = examplesRead(families, layer, {
      examples: readExamples(recorder, feature, contexts),
      promoted: logits.positive(feature),
      spread: logits.spread(feature),
    });
    return { scores: readScores(readings), distinctTexts: readings.length };
  });
  return {
    isOpen: (feature, curve) => isOpen(attributed[feature], curve),
    explained: (feature) => greatest(Object.values(attributed[feature].scores)),
  };
}
