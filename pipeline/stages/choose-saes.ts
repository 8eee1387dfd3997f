import type { FoldedBias, Folds } from '../core/folded-bias.ts';
import type { ModelConfig } from '../core/model.ts';
import { listSaes, type SaeSource, selectSaes } from '../io/sae-dir.ts';
import type { SaeProcessing } from '../io/sae-processing.ts';

/** An SAE to be read, and which version of z it is given. */
export interface ChosenSae {
  readonly source: SaeSource;
  readonly processing: SaeProcessing;
}

export interface SaeSettings {
  readonly saes: string;
  readonly layers?: readonly number[] | undefined;
  /** `auto`: as each SAE's config says. */
  readonly processing: 'auto' | 'raw' | 'folded';
}

/** The SAEs of a folder for a model, by layer, each with its processing. */
export async function chooseSaes(settings: SaeSettings, model: ModelConfig): Promise<ChosenSae[]> {
  return selectSaes(await listSaes(settings.saes), model, settings.layers).map((source) => ({
    source,
    processing: processingOf(source, settings.processing),
  }));
}

function processingOf({ config }: SaeSource, asked: SaeSettings['processing']): SaeProcessing {
  if (asked === 'auto') return config.processing;
  const own = config.processing.bias;
  const folded: FoldedBias = own === 'none' ? 'value_and_norm' : own;
  return { bias: asked === 'raw' ? 'none' : folded, reason: `--processing ${asked}` };
}

export const foldsOf = (chosen: readonly ChosenSae[]): Folds =>
  new Map(chosen.map(({ source, processing }) => [source.layer, processing.bias]));

/** What is called raw, and what folded. */
export const processingName = (bias: FoldedBias): 'raw' | 'folded' => (bias === 'none' ? 'raw' : 'folded');

/** c in words. */
const formulas: Readonly<Record<FoldedBias, string>> = {
  none: 'raw, z as the model computes it',
  value: 'folded, z less c = b_V',
  value_and_norm: 'folded, z less c = b_V + β·W_V',
};

/** Which processing was chosen and why, a line for each reason. */
export function processingLines(chosen: readonly ChosenSae[]): string[] {
  const groups = Map.groupBy(chosen, ({ processing: { bias, reason } }) => `${formulas[bias]} (${reason})`);
  return [...groups].map(([text, own]) => {
    const layers = own.map(({ source }) => source.layer).join(', ');
    return `processing of layer${own.length === 1 ? '' : 's'} ${layers}: ${text}`;
  });
}
