import { UserError } from '../errors/user-error.ts';
import { nameOrPath } from '../files/model/model-name.ts';
import type { ModelConfig } from '../model/model.ts';
import { least } from '../numbers/extremes.ts';
import { effectiveBias, type FoldedBias, type Folds } from '../sae/folded-bias.ts';
import { findSaes, requireReadable, type SaeSource, selectSaes } from '../sae/formats/sae-dir.ts';
import type { SaeProcessing } from '../sae/formats/sae-processing.ts';
import { type ModelIdentity, otherModel } from '../sae/formats/same-model.ts';

/** An SAE to be read, and which version of z it is given. */
export interface ChosenSae {
  readonly source: SaeSource;
  readonly processing: SaeProcessing;
}

/** What was chosen of a folder, and a line about what is not read of it. */
export interface ChosenSaes {
  readonly chosen: readonly ChosenSae[];
  readonly leftOut: readonly string[];
}

export interface SaeSettings {
  /** The model's folder. */
  readonly model: string;
  readonly saes: string;
  readonly layers?: readonly number[] | undefined;
  readonly select?: readonly string[] | undefined;
  /** `auto`: as each SAE's config says. */
  readonly processing: 'auto' | 'raw' | 'folded';
  /** SAEs of other models are taken as well. */
  readonly anyModel: boolean;
}

/** The SAEs of a folder for a model, by layer, each with its processing. Throws UserError for those of another model. */
export async function chooseSaes(settings: SaeSettings, model: ModelConfig): Promise<ChosenSaes> {
  const found = await findSaes(settings.saes);
  requireReadable(found.unreadable, settings.saes, settings);
  const sources = selectSaes(found.sources, model, settings);
  const identity = { ...model, name: await nameOrPath(settings.model) };
  if (!settings.anyModel) for (const source of sources) checkModel(source, identity);
  const chosen = sources.map((source) => ({ source, processing: processingIn(model, source, settings.processing) }));
  return { chosen, leftOut: found.notes };
}

function checkModel({ config, configPath, weightsPath }: SaeSource, model: ModelIdentity): void {
  const { modelName } = config.training;
  const other = modelName === undefined ? undefined : otherModel(modelName, config.dIn, model);
  if (other === undefined) return;
  throw new UserError(
    `sae of another model: ${modelName}, expected ${other}; --any-model takes it all the same (${configPath ?? weightsPath})`,
  );
}

/** What an SAE's processing comes to in a model, which may have nothing to fold. */
function processingIn(model: ModelConfig, source: SaeSource, asked: SaeSettings['processing']): SaeProcessing {
  const { bias, reason } = processingOf(source, asked);
  const effective = effectiveBias(model, bias);
  if (effective !== 'none' || bias === 'none') return { bias: effective, reason };
  return { bias: 'none', reason: 'the model has neither a value bias nor a LayerNorm bias to fold' };
}

function processingOf({ config }: SaeSource, asked: SaeSettings['processing']): SaeProcessing {
  if (config.site !== 'z') return { bias: 'none', reason: 'it reads the attention output, which has every bias' };
  if (asked === 'auto') return config.processing;
  const own = config.processing.bias;
  const folded: FoldedBias = own === 'none' ? 'value_and_norm' : own;
  return { bias: asked === 'raw' ? 'none' : folded, reason: `--processing ${asked}` };
}

/** What is folded of each layer. Throws UserError where two SAEs of a layer read different versions of its z. */
export function foldsOf(chosen: readonly ChosenSae[]): Folds {
  const folds = new Map<number, { readonly bias: FoldedBias; readonly id: string }>();
  for (const { source, processing } of chosen) {
    if (source.config.site !== 'z') continue;
    const { layer, id } = source;
    const known = folds.get(layer) ?? { bias: processing.bias, id };
    if (known.bias !== processing.bias) {
      const kinds = `${known.id} ${processingName(known.bias)}, ${id} ${processingName(processing.bias)}`;
      throw new UserError(
        `saes of layer ${layer} read different versions of z: ${kinds}; expected one, by --processing or --select`,
      );
    }
    folds.set(layer, known);
  }
  return new Map([...folds].map(([layer, { bias }]) => [layer, bias]));
}

/** What is called raw, and what folded. */
export const processingName = (bias: FoldedBias): 'raw' | 'folded' => (bias === 'none' ? 'raw' : 'folded');

/** c in words. */
const formulas: Readonly<Record<FoldedBias, string>> = {
  none: 'raw, z as the model computes it',
  value: 'folded, z less c = b_V',
  value_and_norm: 'folded, z less c = b_V + β·W_V',
};

/** What was found in the SAEs' configs and decided of them, a line each: processing, training, context. */
export function notesOn(
  chosen: readonly ChosenSae[],
  asked: number | undefined,
  { context, hasBos }: ContextShape,
): string[] {
  const training = grouped(chosen, ({ source }) => source.config.training.notes).map(
    ([note, layers]) => `${layers}: ${note}`,
  );
  const size = contextSizeOf(chosen);
  const sized = asked === undefined && size === context ? [`context: ${size} tokens, as the saes were trained on`] : [];
  return [...processingLines(chosen), ...training, ...sized, ...bosLines(chosen, hasBos)];
}

/** What contexts are like. */
export interface ContextShape {
  /** Tokens of one. */
  readonly context: number;
  /** Whether it begins with the beginning-of-sequence token. */
  readonly hasBos: boolean;
}

/** Whether contexts begin with BOS: as asked for, else unless all SAEs were trained on such as do not. */
export function hasBosFor(asked: 'auto' | 'yes' | 'no', chosen: readonly ChosenSae[]): boolean {
  if (asked !== 'auto') return asked === 'yes';
  return chosen.length === 0 || chosen.some(({ source }) => source.config.training.prependBos !== false);
}

/** That contexts begin without BOS, or that they do not begin as some SAEs' did. */
function bosLines(chosen: readonly ChosenSae[], hasBos: boolean): string[] {
  const others = chosen.filter(({ source }) => source.config.training.prependBos === !hasBos);
  const here = hasBos ? 'every context here begins with one' : 'contexts here begin without';
  const then = hasBos ? 'without a beginning-of-sequence token' : 'with a beginning-of-sequence token';
  const differ = grouped(others, () => [`trained ${then} (prepend_bos ${!hasBos}); ${here}`]);
  const without = 'bos: contexts begin with the token before them, which counts in no statistic';
  return [...(hasBos ? [] : [without]), ...differ.map(([note, ids]) => `${ids}: ${note}`)];
}

/** Tokens of a context that the SAEs were trained on: the fewest, where they differ. */
export function contextSizeOf(chosen: readonly ChosenSae[]): number | undefined {
  const sizes = chosen.flatMap(({ source }) => source.config.training.contextSize ?? []).filter((size) => size > 1);
  return sizes.length > 0 ? least(sizes) : undefined;
}

/** Which processing was chosen and why, a line for each reason. */
function processingLines(chosen: readonly ChosenSae[]): string[] {
  const text = ({ processing: { bias, reason } }: ChosenSae) => [`${formulas[bias]} (${reason})`];
  return grouped(chosen, text).map(([chosenAs, layers]) => `processing of ${layers}: ${chosenAs}`);
}

/** The texts of some SAEs, each once, with the SAEs that it is of. */
function grouped(chosen: readonly ChosenSae[], texts: (sae: ChosenSae) => readonly string[]): [string, string][] {
  const all = chosen.flatMap((sae) => texts(sae).map((text) => ({ text, id: sae.source.id })));
  const areLayers = chosen.every(({ source }) => source.id === String(source.layer));
  const what = areLayers ? 'layer' : 'sae';
  return [...Map.groupBy(all, ({ text }) => text)].map(([text, own]) => [
    text,
    `${what}${own.length === 1 ? '' : 's'} ${own.map(({ id }) => id).join(', ')}`,
  ]);
}
