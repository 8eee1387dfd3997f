import { expect, it } from 'vitest';
import { createEngine } from '../../pipeline/engine/index.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { AttributionLog, startOfAttributions } from '../../pipeline/record/attribution-log.ts';
import { Attributor } from '../../pipeline/record/attributor.ts';
import { ExampleAttributions } from '../../pipeline/record/example-attributions.ts';
import { noRecord, TopExamples } from '../../pipeline/record/top-examples.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';
import { rotaryCases } from '../model/rotary-cases.ts';

const [length, heads] = [3, 2];

/** Those of an SAE's top examples, and where they are stored. */
async function attributionsOf(top: TopExamples) {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const [{ model }] = rotaryCases();
  const weights = { wEnc: float32([24, 2]), bEnc: float32([2]), wDec: float32([2, 24]), bDec: float32([24]) };
  const sae = {
    ...{ id: '0', layer: 0, site: 'z' as const, dIn: 24, dSae: 2, activation: { kind: 'relu' as const } },
    ...{ subtractDecoderBias: false, source: '', ...weights },
  };
  const log = await AttributionLog.open(await temporaryFolder(), '0', { length, heads }, startOfAttributions);
  const attributor = new Attributor({ engine, model, sae, length });
  return { attributions: new ExampleAttributions({ id: '0', length, top, attributor, log }), log };
}

it('attributions are compacted where an example has none, too', async () => {
  const top = new TopExamples(2, 1);
  const { attributions, log } = await attributionsOf(top);
  for (let token = 1; token <= 6; token++) {
    top.add(0, token, token);
    const rows = { bySource: new Float32Array(length).fill(token), byHead: new Float32Array(heads) };
    attributions.store([{ feature: 0, token }], { ...rows, outputBias: new Float32Array(1) });
  }
  top.add(1, 7, 7);
  await attributions.compact();
  expect(log.records).toBe(1);
  const [{ record }] = top.of(0);
  expect(log.read([record])[0]?.bySource).toEqual(new Float32Array(length).fill(6));
  expect(top.of(1)[0]?.record).toBe(noRecord);
  await attributions.close();
});

it('examples without an attribution come by token and place, in the largest run that is allowed, too', async () => {
  const top = new TopExamples(2 ** 21 + 2, 2);
  const last = 2 ** 32 - 1;
  for (const [feature, token] of [
    [2 ** 21 + 1, last],
    [6, last],
    [3, last - 1],
    [3, last],
    [1, 7],
  ])
    top.add(feature, token, 1);
  const { attributions } = await attributionsOf(top);
  expect([...attributions.missing()]).toEqual([2, 6, 7, 12, 2 ** 22 + 2]);
  await attributions.close();
});
