/** What is known of a model: the name that its config.json gives, if any, and its sizes. */
export interface ModelIdentity {
  readonly name: string | undefined;
  readonly modelType: string;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly dModel: number;
}

/** TransformerLens's names of models, by the Hub's. */
const aliases: Readonly<Record<string, string>> = {
  'gpt2-small': 'gpt2',
  distillgpt2: 'distilgpt2',
  'distill-gpt2': 'distilgpt2',
  'distil-gpt2': 'distilgpt2',
  'gpt2-xs': 'distilgpt2',
};

/** Layers, heads and dModel of models that others are easily taken for. */
const sizes: Readonly<Record<string, readonly [nLayers: number, nHeads: number, dModel: number]>> = {
  distilgpt2: [6, 12, 768],
  gpt2: [12, 12, 768],
  'gpt2-medium': [24, 16, 1024],
  'gpt2-large': [36, 20, 1280],
  'gpt2-xl': [48, 25, 1600],
};

/** Names of families, with how their model_type begins. */
const families: readonly (readonly [name: RegExp, modelType: string])[] = [
  [/^gemma-/, 'gemma'],
  [/^(meta-)?llama-/, 'llama'],
  [/^pythia-/, 'gpt_neox'],
  [/^qwen/, 'qwen'],
  [/^mistral-/, 'mistral'],
  [/^phi-/, 'phi'],
  [/^opt-/, 'opt'],
  [/^gpt-neo-/, 'gpt_neo'],
  [/^gpt-j-/, 'gptj'],
  [/^bloom-/, 'bloom'],
  [/^tiny-?stories-(instruct-)?\d/, 'gpt_neo'],
];

/**
 * Whether an SAE of the model named is of another model than this; what this one is, in words, where it is. Names decide
 * where both are known; a folder's name says nothing unless it is a known model's. Without names, sizes and the family do.
 */
export function otherModel(saeModel: string, dIn: number, model: ModelIdentity): string | undefined {
  const asked = canonical(saeModel);
  const own = model.name === undefined ? undefined : canonical(model.name);
  const isTelling = own !== undefined && (!isPath(model.name ?? '') || own in sizes);
  if (isTelling && own !== asked) return model.name;
  const known = sizes[asked];
  // A config whose own width is not the named model's names it for no more than its kind.
  if (known?.[2] === dIn) {
    const { nLayers, nHeads, dModel } = model;
    const differs = [nLayers, nHeads, dModel].some((value, i) => value !== known[i]);
    if (differs) return `a model of ${nLayers} layers, ${nHeads} heads and d_model ${dModel}`;
  }
  const family = families.find(([name]) => name.test(asked));
  return own !== asked && family && !model.modelType.startsWith(family[1]) ? `a ${model.modelType} model` : undefined;
}

/** gpt2 of openai-community/gpt2, GPT2, gpt2-small or ./models/gpt2. */
function canonical(name: string): string {
  const last =
    name
      .split(/[/\\]/)
      .filter((part) => part !== '')
      .at(-1) ?? '';
  const lower = last.trim().toLowerCase();
  return aliases[lower] ?? lower;
}

/** The Hub's names have one slash at most. */
const isPath = (name: string) => /^[./~]|\\|^[a-z]:/i.test(name) || name.split('/').length > 2;
