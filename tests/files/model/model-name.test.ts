import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { modelName } from '../../../pipeline/files/model/model-name.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const named = async (config: object) => modelName(await temporaryFolder({ 'config.json': config }));

test('a model is called what its config says, without the folders before it', async () => {
  expect(await named({ _name_or_path: 'openai-community/gpt2' })).toBe('gpt2');
  expect(await named({ _name_or_path: 'gpt2' })).toBe('gpt2');
});

test('a model whose config names it not, or by nothing, is called as its folder', async () => {
  for (const config of [{}, { _name_or_path: '' }, { _name_or_path: null }]) {
    const dir = await temporaryFolder({ 'config.json': config });
    expect(await modelName(dir)).toBe(basename(dir));
  }
});
