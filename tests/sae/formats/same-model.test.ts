import { expect, test } from 'vitest';
import { otherModel } from '../../../pipeline/sae/formats/same-model.ts';

const small = { name: undefined, modelType: 'gpt2', nLayers: 12, nHeads: 12, dModel: 768 };
const distilled = { ...small, nLayers: 6 };
const tiny = { ...small, nLayers: 2, nHeads: 2, dModel: 16 };

test.each([
  ['gpt2-small', { ...small, name: 'openai-community/gpt2' }],
  ['gpt2', { ...small, name: './models/GPT2/' }],
  ['openai-community/gpt2', small],
  ['distil-gpt2', { ...distilled, name: 'distilbert/distilgpt2' }],
  ['someone/their-model', small],
  ['gpt2-small', { ...small, name: '/data/checkpoint-500' }],
  ['attention-atlas-demo', { ...tiny, name: 'attention-atlas-demo' }],
  ['gpt2-small', tiny],
])('%s is the model %j', (name, model) => {
  expect(otherModel(name, model.dModel, model)).toBeUndefined();
});

test.each([
  ['gpt2-small', { ...distilled, name: 'distilbert/distilgpt2' }, 'distilbert/distilgpt2'],
  ['gpt2-small', { ...small, name: 'microsoft/DialoGPT-small' }, 'microsoft/DialoGPT-small'],
  ['gpt2-small', { ...distilled, name: '/models/distilgpt2' }, '/models/distilgpt2'],
  ['gpt2-small', distilled, 'a model of 6 layers, 12 heads and d_model 768'],
  ['gpt2-small', { ...distilled, name: 'gpt2' }, 'a model of 6 layers, 12 heads and d_model 768'],
  ['pythia-160m', small, 'a gpt2 model'],
  ['google/gemma-2-2b', small, 'a gpt2 model'],
  ['someone/their-model', { ...small, name: 'gpt2' }, 'gpt2'],
])('%s is not the model %j', (name, model, found) => {
  expect(otherModel(name, model.dModel, model)).toBe(found);
});
