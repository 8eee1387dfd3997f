import { expect, test } from 'vitest';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import { listSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { cfg, load, saeFolder, weights } from './sae-lens-case.ts';

test('the old names, the flat fields and the metadata of SAELens mean the same', async () => {
  const { hook_name, hook_layer, ...sizes } = cfg(1, { apply_b_dec_to_input: false });
  const spellings = [
    {
      ...sizes,
      architecture: null,
      hook_name,
      ...{ k: null, activation_fn_kwargs: { k: null }, rescale_acts_by_decoder_norm: null, metadata: null },
    },
    {
      ...sizes,
      hook_point: hook_name,
      hook_point_layer: hook_layer,
      hook_point_head_index: null,
      normalize_activations: false,
    },
    {
      ...sizes,
      architecture: 'standard',
      activation_fn_str: 'relu',
      hook_name,
      hook_layer,
      normalize_activations: null,
    },
    { ...sizes, architecture: 'standard', metadata: { hook_name, hook_head_index: null, sae_lens_version: '6.12.1' } },
  ];
  for (const json of spellings) {
    expect((await load(json))[0]).toMatchObject({ layer: 1, activation: { kind: 'relu' }, subtractDecoderBias: false });
  }
});

test('a jumprelu sae carries its threshold, one below zero as zero', async () => {
  const threshold = float32([2], Float32Array.of(0.25, -3));
  const [sae] = await load(cfg(0, { architecture: 'jumprelu' }), { ...weights, threshold });
  expect(sae?.activation).toEqual({ kind: 'jumprelu', threshold: float32([2], Float32Array.of(0.25, 0)) });
  await expect(load(cfg(0, { architecture: 'jumprelu' }))).rejects.toThrow(
    /^missing tensor: threshold, expected \[2\]/,
  );
});

test('a topk sae has its k from either place', async () => {
  const expected = [{ activation: { kind: 'topk', k: 2 } }];
  expect(await load(cfg(0, { architecture: 'topk', k: 2 }))).toMatchObject(expected);
  expect(await load(cfg(0, { activation_fn_str: 'topk', activation_fn_kwargs: { k: 2 } }))).toMatchObject(expected);
  await expect(load(cfg(0, { architecture: 'topk' }))).rejects.toThrow(/^missing k of a topk sae/);
  await expect(load(cfg(0, { architecture: 'topk', k: 3 }))).rejects.toThrow(/^k is 3, expected at most d_sae 2/);
});

test('decoder norms are folded into a topk sae that asks for it', async () => {
  const [sae] = await load(cfg(0, { architecture: 'topk', k: 1, rescale_acts_by_decoder_norm: true }));
  expect([...(sae?.wDec.data ?? [])]).toEqual([Math.fround(0.6), 0, Math.fround(0.8), 0, 0, 0, 0, 1]);
  expect([...(sae?.wEnc.data ?? [])]).toEqual([5, 1, 15, 2, 25, 3, 35, 4]);
  expect([...(sae?.bEnc.data ?? [])]).toEqual([2.5, -0.5]);
});

test.each(['scaling_factor', 'finetuning_scaling_factor'])(
  '%s is folded into the decoder as its flag says',
  async (name) => {
    const tensors = (...values: number[]) => ({ ...weights, [name]: float32([2], Float32Array.from(values)) });
    const scaled = cfg(0, { finetuning_scaling_factor: true });
    const [sae] = await load(scaled, tensors(2, 10));
    expect([...(sae?.wDec.data ?? [])]).toEqual([6, 0, 8, 0, 0, 0, 0, 5]);
    for (const flag of [{ finetuning_scaling_factor: false }, { finetuning_scaling_factor: null }, {}]) {
      for (const second of [1, 1 + 1e-6]) {
        expect(await load(cfg(0, flag), tensors(1, second))).toMatchObject([{ wDec: weights.W_dec }]);
      }
      await expect(load(cfg(0, flag), tensors(1, 10))).rejects.toThrow(
        /^(finetuning_)?scaling_factor holds values other/,
      );
    }
    expect(await load(scaled)).toMatchObject([{ wDec: weights.W_dec }]);
  },
);

test('what an SAE was trained on is kept', async () => {
  const training = async (fields: Readonly<Record<string, unknown>>) =>
    (await listSaes(await saeFolder({ sae: cfg(0, fields) })))[0]?.config.training;
  expect(await training({})).toEqual({ modelName: undefined, contextSize: undefined, notes: [] });
  expect(await training({ model_name: 'gpt2', context_size: 128, prepend_bos: true })).toEqual({
    ...{ modelName: 'gpt2', contextSize: 128, prependBos: true, notes: [] },
  });
  expect(await training({ metadata: { model_name: 'gpt2', context_size: 64, prepend_bos: false } })).toMatchObject({
    ...{
      modelName: 'gpt2',
      contextSize: 64,
      prependBos: false,
      notes: [],
    },
  });
  for (const slice of [[null], [], [0, null], [null, null, null], [null, 8], [-8, null, 1], null]) {
    expect((await training({ context_size: 8, seqpos_slice: slice }))?.notes).toEqual([]);
  }
  expect((await training({ seqpos_slice: [1, null] }))?.notes).toMatchObject([/^trained without position 0/]);
  expect((await training({ exclude_special_tokens: true }))?.notes).toMatchObject([/^trained without special tokens/]);
  expect((await training({ exclude_special_tokens: true }))?.excludedTokens).toBe('special');
  expect((await training({ exclude_special_tokens: [3, 5] }))?.notes).toMatchObject([/^trained without tokens 3, 5/]);
  expect((await training({ exclude_special_tokens: [3, 5] }))?.excludedTokens).toEqual([3, 5]);
  expect((await training({ exclude_special_tokens: [] }))?.notes).toEqual([]);
});

test('a threshold that the config leaves unused is refused, and one of zeros is not', async () => {
  const tensors = (value: number) => ({ ...weights, threshold: float32([2], Float32Array.of(0, value)) });
  await expect(load(cfg(0), tensors(0.5))).rejects.toThrow(
    /^a threshold beside a relu sae, expected architecture jumprelu/,
  );
  await expect(load(cfg(0, { architecture: 'topk', k: 1 }), tensors(0.5))).rejects.toThrow(
    /^a threshold beside a topk/,
  );
  expect(await load(cfg(0), tensors(0))).toMatchObject([{ activation: { kind: 'relu' } }]);
});
