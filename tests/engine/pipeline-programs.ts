import type { Engine, HostTensors, OnHost, Program, Specs } from '../../pipeline/engine/program.ts';
import { flatValues } from '../../pipeline/engine/tensor-tree.ts';
import { vocabularySlices } from '../../pipeline/measures/logits/maths/vocabulary-slices.ts';
import { logitEffectsProgram } from '../../pipeline/measures/logits/programs.ts';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';
import { checkpointShapes, weightsFrom } from '../../pipeline/model/family.ts';
import type { Model } from '../../pipeline/model/model.ts';
import { vocabularyOf } from '../../pipeline/model/vocabulary.ts';
import { type FloatTensor, float32, type HostTensor, int32 } from '../../pipeline/numbers/tensor.ts';
import { attributionProgram, encodeProgram, forwardProgram } from '../../pipeline/record/programs.ts';
import type { Sae } from '../../pipeline/sae/sae.ts';
import { indices, numbers, random } from './programs.ts';

const length = 16;
const batch = 2;
const rows = batch * length;

/** A tiny GPT-2 with random weights. */
export function tinyModel(): Model {
  const config = gpt2.parseConfig(
    { n_layer: 2, n_head: 4, n_embd: 32, n_positions: length, vocab_size: 61 },
    'config.json',
  );
  const weights = Object.entries(checkpointShapes(gpt2, config)).map(([name, shape], i): [string, FloatTensor] => {
    const gain = /ln_.*weight/.test(name);
    return [
      name,
      float32(
        shape,
        random(shape, i + 1).data.map((value) => (gain ? 1 + 0.1 * value : 0.3 * value)),
      ),
    ];
  });
  return { config, weights: weightsFrom(gpt2, config, Object.fromEntries(weights)) };
}

export function tinySae(layer: number, dSae = 40): Sae {
  return {
    id: String(layer),
    layer,
    site: 'z',
    dIn: 32,
    dSae,
    activation: { kind: 'relu' },
    subtractDecoderBias: true,
    wEnc: random([32, dSae], 21),
    bEnc: random([dSae], 22),
    wDec: random([dSae, 32], 23),
    bDec: random([32], 24),
    source: 'tiny',
  };
}

/** A TopK SAE every feature of which has two equals, so that the k-th is tied. */
function tiedSae(): Sae {
  const sae = tinySae(1, 39);
  const thrice = (x: FloatTensor) =>
    float32(
      x.shape,
      x.data.map((_, i) => x.data[i - (i % 3)] ?? 0),
    );
  return { ...sae, wEnc: thrice(sae.wEnc), bEnc: thrice(sae.bEnc), activation: { kind: 'topk', k: 7 } };
}

/** Two contexts of tokens of the tiny model. */
export const tinyTokens = () =>
  int32(
    [batch, length],
    Int32Array.from(numbers(rows, 5), (value) => Math.floor((value + 1) * 30)),
  );

/** A program with inputs: what it gives on an engine, by name. */
export interface Run {
  readonly name: string;
  on(engine: Engine): Promise<ReadonlyMap<string, HostTensor>>;
}

export function runOf<I extends Specs, O extends Specs, W extends HostTensors>(
  program: Program<I, O, W>,
  inputs: OnHost<I>,
): Run {
  return {
    name: program.name,
    async on(engine) {
      const run = await engine.compile(program);
      return new Map(flatValues<HostTensor>(program.outputs, await run(inputs)));
    },
  };
}

/** The programs of a run on the tiny model. */
export function pipelineRuns(): Run[] {
  const model = tinyModel();
  const sae = tinySae(1);
  const slices = vocabularySlices(model.config.vocabSize, vocabularyOf(model), 10);
  const examples = { encoder: random([3, 32], 35), positions: indices([3, 15, 0]) };
  return [
    runOf(forwardProgram(model, [sae, tinySae(0)], { batch, length, peaksOf: [0, sae.layer] }), {
      tokens: tinyTokens(),
    }),
    runOf(encodeProgram(sae, rows), { x: random([rows, 32], 31) }),
    runOf(encodeProgram(tiedSae(), rows), { x: random([rows, 32], 31) }),
    runOf(attributionProgram(model, sae, length, 3), {
      pattern: random([4, length, length], 32),
      value: random([4, length, 8], 33),
      ...examples,
    }),
    runOf(logitEffectsProgram(model, sae, 8, slices), { decoderRows: random([8, 32], 34) }),
  ];
}
