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
  ...{ neo: 'gpt-neo-125m', 'neo-small': 'gpt-neo-125m', 'gpt-neo-small': 'gpt-neo-125m' },
  ...{ 'neo-medium': 'gpt-neo-1.3b', 'gpt-neo-medium': 'gpt-neo-1.3b' },
  ...{ 'neo-large': 'gpt-neo-2.7b', 'gpt-neo-large': 'gpt-neo-2.7b' },
  ...{ neox: 'gpt-neox-20b', 'gpt-neox': 'gpt-neox-20b' },
  ...{ pythia: 'pythia-70m', 'pythia-v0': 'pythia-70m-v0' },
  ...{ 'mistral-7b': 'mistral-7b-v0.1', 'mistral-7b-instruct': 'mistral-7b-instruct-v0.1' },
  'codellamallama-2-7b': 'codellama-7b',
};

/** The sizes that Pythia's models were first called by, without their embeddings, by those that they are called by now. */
const pythiaSizes: Readonly<Record<string, string | undefined>> = {
  ...{ '19m': '70m', '125m': '160m', '350m': '410m', '800m': '1b' },
  ...{ '1.3b': '1.4b', '2.7b': '2.8b', '6.7b': '6.9b', '13b': '12b' },
};

/** Spellings that one model has several of: each comes to one. */
const spellings: readonly (readonly [pattern: RegExp, name: (...parts: string[]) => string])[] = [
  // Gemma 3's base models end in -pt, but for the smallest; Gemma Scope 2's configs say gemma-v3.
  [/^gemma-v(\d.*)$/, (_, rest) => `gemma-${rest}`],
  [/^(gemma-.*)-pt$/, (_, name) => name],
  [/^(?:meta-)?(llama-.*)$/, (_, name) => name],
  [/^((?:code)?llama-.*)-hf$/, (_, name) => name],
  [/^pythia-([\d.]+[mb])(.*)$/, (_, size, rest) => `pythia-${pythiaSizes[size] ?? size}${rest}`],
  // The Hub has TinyStories-Instuct-1Layer-21M, TransformerLens tiny-stories-instruct-1L-21M.
  [/^tiny-?stories-(instr?uct-)?(.*)$/, (_, kind, rest) => `tinystories-${kind ? 'instruct-' : ''}${rest}`],
  [/^(tinystories-.*\d)layers?(-.*)$/, (_, start, end) => `${start}l${end}`],
  [
    /^(?:stanford-gpt2|gpt2-mistral|gpt2-stanford)-(small|medium)-([a-e])$/,
    (_, size, run) => `stanford-${size}-${run}`,
  ],
  [/^gpt2-medium-small-([a-e])$/, (_, run) => `stanford-medium-${run}`],
  [/^[a-z]+-gpt2-(small|medium)-x(\d+)$/, (_, size, seed) => `stanford-${size}-${stanfordRuns[seed] ?? seed}`],
];

/** Stanford's five trainings of GPT-2, by their seeds. */
const stanfordRuns: Readonly<Record<string, string | undefined>> = { 21: 'a', 49: 'b', 81: 'c', 343: 'd', 777: 'e' };

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
  const plain = last.trim().toLowerCase();
  return aliases[plain] ?? spellings.reduce((spelt, [pattern, one]) => spelt.replace(pattern, one), plain);
}

/** A name without what it was trained on after its size: the shapes are the same. */
const bare = (name: string): string => name.replace(/-(?:it|instruct|deduped|v0)$/, '');

/** The Hub's names have one slash at most. */
const isPath = (name: string) => /^[./~]|\\|^[a-z]:/i.test(name) || name.split('/').length > 2;
