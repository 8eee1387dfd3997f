import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { createEngine, floatSpec, intSpec, program } from '../pipeline/engine/index.ts';
import { loadLanguageModel } from '../pipeline/files/model/language-model.ts';
import { writeSafetensors } from '../pipeline/files/safetensors/safetensors-writer.ts';
import type { AttentionState } from '../pipeline/model/attention.ts';
import type { Model } from '../pipeline/model/model.ts';
import { runLayers, Transformer } from '../pipeline/model/transformer.ts';
import { type FloatTensor, int32 } from '../pipeline/numbers/tensor.ts';

// Writes the attention, z and logits of given tokens for another program to compare: forward.ts MODEL TOKENS.json OUT.
// TOKENS.json has `text`, whose ids are printed, and `ids` [context, position].

const [folder = '', tokensFile = '', out = ''] = process.argv.slice(2);
const given = z.object({ text: z.string(), ids: z.array(z.array(z.int())) });
const { text, ids } = given.parse(JSON.parse(await readFile(tokensFile, 'utf8')));
const { model, tokenizer } = await loadLanguageModel(folder);
const engine = await createEngine({ backend: 'onnx-cpu' });
const [contexts, length] = [ids.length, ids[0].length];
const run = await engine.compile(everything(model, contexts, length));
const { pattern, mixed, logits } = await run({ tokens: int32([contexts, length], Int32Array.from(ids.flat())) });
const tensors: Record<string, FloatTensor> = { logits };
for (const [layer, tensor] of Object.entries(pattern)) tensors[`pattern.${layer}`] = tensor;
for (const [layer, tensor] of Object.entries(mixed)) tensors[`z.${layer}`] = tensor;
await writeSafetensors(out, tensors);
process.stdout.write(`${JSON.stringify(Array.from(tokenizer.encode(text)))}\n`);

function everything({ config, weights }: Model, batch: number, positions: number) {
  const { nLayers, nHeads, dHead, vocabSize } = config;
  const layers = Array.from({ length: nLayers }, (_, layer) => layer);
  const each = <T>(value: (layer: number) => T) => Object.fromEntries(layers.map((layer) => [layer, value(layer)]));
  return program({
    name: 'everything of a forward pass',
    inputs: { tokens: intSpec(batch, positions) },
    outputs: {
      pattern: each(() => floatSpec(batch, nHeads, positions, positions)),
      mixed: each(() => floatSpec(batch, positions, nHeads * dHead)),
      logits: floatSpec(batch, positions, vocabSize),
    },
    weights,
    body({ tokens }, bound) {
      const transformer = new Transformer(config, bound);
      const states: AttentionState[] = [];
      const residual = runLayers(transformer, transformer.embed(tokens), {
        visit: ({ state }) => void states.push(state),
      });
      return {
        pattern: each((layer) => states[layer].pattern),
        mixed: each((layer) => states[layer].z),
        logits: transformer.unembed(residual),
      };
    },
  });
}
