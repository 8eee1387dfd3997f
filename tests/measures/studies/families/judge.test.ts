import { expect, it } from 'vitest';
import { createEngine } from '../../../../pipeline/engine/index.ts';
import { judgePlanted } from '../../../../pipeline/measures/studies/families/planted/judge.ts';

const clean = { topicSize: 5, length: 48, contexts: 72, strength: 1, noise: 0, saeNoise: 0.4, distractors: 0 };

it('the features of a clean model are all called what they are; those made never to fire are called nothing', async () => {
  const engine = await createEngine({ backend: 'onnx-cpu' });
  const judged = await judgePlanted({ ...clean, seed: 3 }, engine, 3);
  expect(judged.length).toBeGreaterThan(120);
  expect(judged.filter(({ truth, called }) => truth !== called)).toEqual([]);
  expect(judged.filter(({ truth }) => truth === null).length).toBe(4);
  for (const { called, score } of judged) expect(score > 0).toBe(called !== null && called !== 'unclear');
});
