import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, floatSpec, program } from '../../pipeline/engine/index.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { centreColumns } from '../../pipeline/sae/centre-columns.ts';
import { inputNormalizations, inputScale, inputScaleOf } from '../../pipeline/sae/input-normalization.ts';
import { encode, encoderConstant, reconstruct, type Sae, saeTensors, saeWeights } from '../../pipeline/sae/sae.ts';

const identity: Sae = {
  id: '0',
  layer: 0,
  site: 'z',
  dIn: 3,
  dSae: 3,
  activation: { kind: 'relu' },
  subtractDecoderBias: true,
  wEnc: float32([3, 3], Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)),
  bEnc: float32([3], Float32Array.of(0, 0, 1)),
  wDec: float32([3, 3], Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)),
  bDec: float32([3], Float32Array.of(1, -1, 0.5)),
  source: 'test',
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

async function run(sae: Sae, z: readonly number[]) {
  const through = await engine.compile(
    program({
      name: 'sae',
      inputs: { z: floatSpec(1, 3) },
      outputs: { f: floatSpec(1, sae.dSae), reconstruction: floatSpec(1, 3) },
      weights: saeWeights(sae),
      body({ z: input }, weights) {
        const f = encode(sae, saeTensors(sae, weights), input);
        return { f, reconstruction: reconstruct(sae, saeTensors(sae, weights), f, input) };
      },
    }),
  );
  const { f, reconstruction } = await through({ z: float32([1, 3], Float32Array.from(z)) });
  return { f: [...f.data], reconstruction: [...reconstruction.data] };
}

describe('an SAE', () => {
  it.each([
    { kind: 'relu' },
    { kind: 'jumprelu', threshold: float32([3], Float32Array.of(1, 1, 1)) },
    { kind: 'topk', k: 1 },
    { kind: 'topk', k: 2 },
  ] as const)('keeps a pre-activation that is not a number, so that it is found: $kind', async (activation) => {
    expect((await run({ ...identity, activation }, [3, Number.NaN, 2])).f[1]).toBeNaN();
  });

  it('encodes z less its decoder bias, and cuts at 0', async () => {
    const { f, reconstruction } = await run(identity, [3, -4, 2]);
    expect(f).toEqual([2, 0, 2.5]);
    expect(reconstruction).toEqual([3, -1, 3]);
  });

  it('encodes z itself where its checkpoint says so', async () => {
    expect((await run({ ...identity, subtractDecoderBias: false }, [3, -4, 2])).f).toEqual([3, 0, 3]);
  });

  it('lets through what passes its threshold, unchanged, with JumpReLU', async () => {
    const threshold = float32([3], Float32Array.of(2, 0, 2));
    expect((await run({ ...identity, activation: { kind: 'jumprelu', threshold } }, [3, 4, 2])).f).toEqual([0, 5, 2.5]);
  });

  it('keeps its k largest with TopK, none of them below 0', async () => {
    expect((await run({ ...identity, activation: { kind: 'topk', k: 2 } }, [3, 4, 2])).f).toEqual([0, 5, 2.5]);
    expect((await run({ ...identity, activation: { kind: 'topk', k: 2 } }, [0, 4, -3])).f).toEqual([0, 5, 0]);
  });

  it('keeps exactly k with TopK where several are equal, those of lowest index', async () => {
    const topk = (k: number) => ({ ...identity, activation: { kind: 'topk', k } }) as const;
    expect((await run(topk(1), [4, 2, 2.5])).f).toEqual([3, 0, 0]);
    expect((await run(topk(2), [4, 2, 2.5])).f).toEqual([3, 3, 0]);
    expect((await run(topk(1), [0, 2, 2.5])).f).toEqual([0, 3, 0]);
    expect((await run(topk(2), [0, 2, 2.5])).f).toEqual([0, 3, 3]);
  });

  it('has as constant what it adds to z·wEnc', () => {
    expect([...encoderConstant(identity).data]).toEqual([-1, 1, 0.5]);
    expect([...encoderConstant({ ...identity, subtractDecoderBias: false }).data]).toEqual([0, 0, 1]);
  });
});

describe('an SAE that scales each position', () => {
  const z = [3, -4, 2];
  const close = (found: readonly number[], wanted: readonly number[]) =>
    found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 5));

  it('brings z to length √dIn with constant_norm_rescale, and its reconstruction back', async () => {
    const s = Math.sqrt(3) / Math.sqrt(29);
    const { f, reconstruction } = await run({ ...identity, normalization: 'constant_norm_rescale' }, z);
    close(f, [0, 0, s * 2 - 0.5 + 1]);
    close(reconstruction, [1 / s, -1 / s, (s * 2 + 0.5 + 0.5) / s]);
  });

  it('centres z and divides it by std + 1e-5 with layer_norm, and takes std and mean back', async () => {
    const wEnc = float32([3, 3], identity.wEnc.data.slice());
    centreColumns(wEnc);
    const [mean, std] = [1 / 3, Math.sqrt((64 + 169 + 25) / 9 / 2)];
    const sae: Sae = { ...identity, wEnc, subtractDecoderBias: false, normalization: 'layer_norm' };
    const { f, reconstruction } = await run(sae, z);
    const wanted = [(3 - mean) / (std + 1e-5), 0, (2 - mean) / (std + 1e-5) + 1];
    close(f, wanted);
    close(
      reconstruction,
      wanted.map((value, i) => (value + (identity.bDec.data[i] ?? 0)) * std + mean),
    );
  });

  it.each(inputNormalizations)('has the same scales on the host (%s)', async (how) => {
    const scales = await engine.compile(
      program({
        name: 'scale',
        inputs: { z: floatSpec(1, 3) },
        outputs: { into: floatSpec(1, 1), back: floatSpec(1, 1) },
        weights: {},
        body: ({ z: input }) => {
          const scale = inputScale(how, input);
          if (!scale) throw new Error('unreachable: every one scales');
          return { into: scale.into, back: scale.back };
        },
      }),
    );
    const given = float32([1, 3], Float32Array.from(z));
    const { into, back } = await scales({ z: given });
    const host = inputScaleOf(how, given.data);
    close([host.into, host.back], [into.data[0], back.data[0]]);
    expect(host.into).toBeLessThan(1);
  });
});

it('a program that carries no threshold cannot encode with JumpReLU', () => {
  const sae: Sae = { ...identity, activation: { kind: 'jumprelu', threshold: float32([3]) } };
  expect(() => saeTensors(sae, {})).toThrow('weight sae.0.threshold is not loaded');
});
