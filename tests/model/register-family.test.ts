import { expect, it } from 'vitest';
import { readModelConfig } from '../../pipeline/files/model/model-dir.ts';
import { families, registerFamily } from '../../pipeline/model/families/index.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';
import { toy, toyJson } from './toy-family.ts';

it('a family that is registered is read like any other, and only once', async () => {
  const folder = await temporaryFolder({ 'config.json': toyJson });
  await expect(readModelConfig(folder)).rejects.toThrow(
    'unsupported model_type: toy, expected gpt2, gpt_neo, gpt_neox, llama, ',
  );
  registerFamily(toy);
  registerFamily(toy);
  expect(families.filter(({ modelType }) => modelType === 'toy')).toEqual([toy]);
  expect(await readModelConfig(folder)).toMatchObject({ family: toy, config: { modelType: 'toy', nKvHeads: 2 } });
});

it('a second family of one model_type is refused', () => {
  expect(() => registerFamily({ ...toy, modelType: 'gpt2' })).toThrow('model_type gpt2 has a family already');
});
