/** What is known of a model: the name that its config.json gives, if any, and its sizes. */
export interface ModelIdentity {
  readonly name: string | undefined;
  readonly modelType: string;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly dModel: number;
}

/** Other names of models, by the Hub's: TransformerLens's, and those in Gemma Scope 2's configs. */
const aliases: Readonly<Record<string, string | undefined>> = {
  'gpt2-small': 'gpt2',
  distillgpt2: 'distilgpt2',
  'distill-gpt2': 'distilgpt2',
  'distil-gpt2': 'distilgpt2',
  'gpt2-xs': 'distilgpt2',
};

/** Layers, heads and dModel of models that others are easily taken for, and the width of z where it is another. */
const sizes: Readonly<Record<string, readonly [nLayers: number, nHeads: number, dModel: number, dZ?: number]>> = {
  distilgpt2: [6, 12, 768],
  gpt2: [12, 12, 768],
  'gpt2-medium': [24, 16, 1024],
  'gpt2-large': [36, 20, 1280],
  'gpt2-xl': [48, 25, 1600],
  'pythia-70m': [6, 8, 512],
  'pythia-160m': [12, 12, 768],
  'pythia-410m': [24, 16, 1024],
  'pythia-1b': [16, 8, 2048],
  'pythia-1.4b': [24, 16, 2048],
  'gemma-2-2b': [26, 8, 2304, 2048],
  'gemma-2-9b': [42, 16, 3584, 4096],
  'gemma-3-270m': [18, 4, 640, 1024],
  'gemma-3-1b': [26, 4, 1152, 1024],
  'gemma-3-4b': [34, 8, 2560, 2048],
  'gemma-3-12b': [48, 16, 3840, 4096],
  'gemma-3-27b': [62, 32, 5376, 4096],
  'llama-3.1-8b': [32, 32, 4096],
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
  const isTelling = own !== undefined && (!isPath(model.name ?? '') || bare(own) in sizes);
  if (isTelling && own !== asked) return model.name;
  const known = sizes[bare(asked)];
  // A config whose own width is not the named model's names it for no more than its kind.
  if (known?.slice(2).includes(dIn)) {
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
  // Gemma 3's base models end in -pt, but for the smallest; Gemma Scope 2's configs say gemma-v3.
  const lower = last.trim().toLowerCase();
  const plain = lower.replace(/^gemma-v(\d)/, 'gemma-$1').replace(/^(gemma-.*)-pt$/, '$1');
  return aliases[plain] ?? plain.replace(/^meta-llama-/, 'llama-');
}

/** A name without what it was trained on after its size: the shapes are the same. */
const bare = (name: string): string => name.replace(/-(?:it|instruct|deduped|v0)$/, '');

/** The Hub's names have one slash at most. */
const isPath = (name: string) => /^[./~]|\\|^[a-z]:/i.test(name) || name.split('/').length > 2;
