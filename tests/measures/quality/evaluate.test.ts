import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateSchema } from '../../../pipeline/commands/evaluate.ts';
import { trainSchema } from '../../../pipeline/commands/train.ts';
import { recordingEffects, silentEffects } from '../../../pipeline/effects.ts';
import { evaluate } from '../../../pipeline/measures/quality/evaluate.ts';
import { trainSaes } from '../../../pipeline/training/train-saes.ts';
import { writeTinyModel } from '../../training/tiny-model.ts';

let dir = '';
let paths = { model: '', corpus: '' };
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atlas-evaluate-'));
  paths = await writeTinyModel(dir);
  const training = {
    ...paths,
    corpus: [paths.corpus],
    out: join(dir, 'saes'),
    dSae: 24,
    targetL0: [4],
    tokens: 2048,
    batchTokens: 64,
  };
  await trainSaes(trainSchema.parse({ ...training, warmupSteps: 5, threads: 1 }), silentEffects());
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const settings = (more: object = {}) =>
  evaluateSchema.parse({ ...paths, corpus: [paths.corpus], saes: join(dir, 'saes'), threads: 1, ...more });

describe('evaluate', () => {
  it('prints a row an SAE and their mean, and writes the figures as JSON when asked to', async () => {
    const { effects, lines } = recordingEffects();
    const json = join(dir, 'quality.json');
    const qualities = await evaluate(settings({ json }), effects);
    expect(lines[0]).toMatch(
      /^layer +L0 +explained +cosine +L2 ratio +bias +CE clean +CE SAE +CE zero +CE mean +recovered +KL score +dead +near twins$/,
    );
    expect(lines.slice(1, 4).map((line) => line.trim().split(/\s+/)[0])).toEqual(['0', '1', 'mean']);
    expect(lines[5]).toMatch(/^processing of layers 0, 1: raw/);
    expect(lines[4]).toContain(`measured on ${qualities[0]?.tokens} tokens`);
    expect(JSON.parse(await readFile(json, 'utf8'))).toEqual(qualities);
  });

  it('refuses to draw the frontier of layers that have one SAE each', async () => {
    const svg = join(dir, 'frontier.svg');
    const { effects, lines } = recordingEffects();
    await expect(evaluate(settings({ svg }), effects)).rejects.toThrow('no layer has several SAEs');
    expect(lines).toEqual([]); // and measures nothing first
  });

  it.each(['json', 'svg'])('refuses a folder in the place of its %s before it measures', async (file) => {
    const { effects, lines } = recordingEffects();
    await expect(evaluate(settings({ [file]: dir }), effects)).rejects.toThrow(`${dir} is a folder, expected a file`);
    expect(lines).toEqual([]);
    expect(await readdir(dir)).not.toContain('.lock');
  });

  it('counts no special token for an SAE that was trained without, and says so', async () => {
    const saes = join(dir, 'without-special');
    await cp(join(dir, 'saes'), saes, { recursive: true });
    const folder = (await readdir(saes)).toSorted()[0] ?? '';
    const file = join(saes, folder, 'cfg.json');
    const config = await readFile(file, 'utf8');
    expect(config).toMatch(/"exclude_special_tokens": ?false/);
    await writeFile(file, config.replace(/("exclude_special_tokens": ?)false/, '$1true'));
    const { effects, lines } = recordingEffects();
    const [without, whole] = await evaluate(settings({ saes }), effects);
    const [plain] = await evaluate(settings(), silentEffects());
    expect(whole?.tokens).toBe(plain?.tokens);
    expect(without?.tokens).toBeLessThan(whole?.tokens ?? 0);
    expect(lines.some((line) => /^layer 0: trained without special tokens/.test(line))).toBe(true);
    expect(lines).toContainEqual(expect.stringContaining(`measured on ${whole?.tokens} tokens`));
  });

  it('measures on so many tokens at most', async () => {
    const [quality] = await evaluate(settings({ qualityTokens: 100 }), silentEffects());
    expect(quality?.tokens).toBe(6 * 15);
  });

  it('says that a corpus is too short', async () => {
    const short = join(dir, 'short.txt');
    await writeFile(short, 'the');
    await expect(evaluate(settings({ corpus: [short] }), silentEffects())).rejects.toThrow(/corpus too short/);
  });
});
