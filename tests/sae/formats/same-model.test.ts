import { expect, test } from 'vitest';
import { otherModel } from '../../../pipeline/sae/formats/same-model.ts';

const small = { name: undefined, modelType: 'gpt2', nLayers: 12, nHeads: 12, dModel: 768 };
const distilled = { ...small, nLayers: 6 };
const gemma = { name: undefined, modelType: 'gemma3_text', nLayers: 26, nHeads: 4, dModel: 1152 };
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
  ['gemma-v3-1b-pt', { ...gemma, name: 'google/gemma-3-1b-pt' }],
  ['google/gemma-3-270m-pt', { ...gemma, name: 'google/gemma-3-270m', nLayers: 18, dModel: 640 }],
  ['google/gemma-3-1b-pt', { ...gemma, name: undefined }],
  ['meta-llama/Llama-3.1-8B', { ...tiny, modelType: 'llama', name: 'meta-llama/Meta-Llama-3.1-8B' }],
  ['google/gemma-2-2b', { ...tiny, modelType: 'gemma2' }],
  ['Llama-2-7b-chat', { ...tiny, modelType: 'llama', name: 'meta-llama/Llama-2-7b-chat-hf' }],
  ['llama-7b', { ...tiny, modelType: 'llama', name: 'llama-7b-hf' }],
  ['mistral-7b', { ...tiny, modelType: 'mistral', name: 'mistralai/Mistral-7B-v0.1' }],
  ['mistral-7b-instruct', { ...tiny, modelType: 'mistral', name: 'mistralai/Mistral-7B-Instruct-v0.1' }],
  ['gpt-neo-small', { ...tiny, modelType: 'gpt_neo', name: 'EleutherAI/gpt-neo-125M' }],
  ['pythia-125m-deduped', { ...tiny, modelType: 'gpt_neox', name: 'EleutherAI/pythia-160m-deduped' }],
  ['pythia', { ...tiny, modelType: 'gpt_neox', name: 'EleutherAI/pythia-70m' }],
  ['tiny-stories-1M', { ...tiny, modelType: 'gpt_neo', name: 'roneneldan/TinyStories-1M' }],
  [
    'tiny-stories-instruct-2L-33M',
    { ...tiny, modelType: 'gpt_neo', name: 'roneneldan/TinyStories-Instruct-2Layers-33M' },
  ],
  [
    'tiny-stories-instruct-1L-21M',
    { ...tiny, modelType: 'gpt_neo', name: 'roneneldan/TinyStories-Instuct-1Layer-21M' },
  ],
  ['stanford-gpt2-small-c', { ...tiny, name: 'stanford-crfm/caprica-gpt2-small-x81' }],
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
  ['gemma-v3-1b-pt', { ...gemma, name: 'google/gemma-3-1b-it' }, 'google/gemma-3-1b-it'],
  ['google/gemma-3-1b-it', { ...gemma, name: 'google/gemma-3-1b-pt' }, 'google/gemma-3-1b-pt'],
  ['meta-llama/Llama-3.1-8B', tiny, 'a gpt2 model'],
  [
    'tiny-stories-1M',
    { ...tiny, modelType: 'gpt_neo', name: 'roneneldan/TinyStories-Instruct-1M' },
    'roneneldan/TinyStories-Instruct-1M',
  ],
  ['pythia-125m', { ...tiny, modelType: 'gpt_neox', name: 'EleutherAI/pythia-70m' }, 'EleutherAI/pythia-70m'],
  ['mistral-7b', { ...tiny, modelType: 'mistral', name: 'mistralai/Mistral-7B-v0.3' }, 'mistralai/Mistral-7B-v0.3'],
])('%s is not the model %j', (name, model, found) => {
  expect(otherModel(name, model.dModel, model)).toBe(found);
});

test('of a model whose z is wider than its residual stream, either width tells that sizes can be compared', () => {
  const other = { ...gemma, nLayers: 18, dModel: 640 };
  for (const width of [1152, 1024]) {
    expect(otherModel('google/gemma-3-1b-pt', width, other)).toBe('a model of 18 layers, 4 heads and d_model 640');
    expect(otherModel('google/gemma-3-1b-pt', width, gemma)).toBeUndefined();
  }
});
