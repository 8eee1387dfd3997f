import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { trainSchema } from '../pipeline/commands/train.ts';
import { type Effects, silentEffects } from '../pipeline/effects.ts';
import { pickOne, seededRandom } from '../pipeline/numbers/seeded-random.ts';
import { trainSaes } from '../pipeline/training/train-saes.ts';
import { aimLine, formatNumber, formatRatio, reportLine } from './format.ts';
import { medianOf, takeTurns } from './median.ts';
import { type PeerResult, parsePeer } from './peer.ts';
import type { SectionOptions } from './section.ts';

const run = promisify(execFile);
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const model = file('../data/model');
const saeLens = file('sae-lens.py');

const recipe = { layer: 1, dSae: 2048, l0: 28, batch: 1024, context: 128 };
/** Trained at once, for what one of several costs. */
const several = { layers: [1, 3], targetL0: [10, 28, 60] };

interface Round {
  readonly one: number;
  readonly six: number;
  readonly peer?: PeerResult;
}

export interface TrainOptions extends SectionOptions {
  readonly tokens: number;
  /** What SAELens is looked for in. */
  readonly python: string;
}

/** Tokens a second of the SAE trainer on the demo's model, the forward pass included, and of SAELens where installed. */
export async function trainSection(options: TrainOptions): Promise<void> {
  const { rounds, folder, print, tokens, python } = options;
  print(
    `\nTraining an SAE of 256 → ${formatNumber(recipe.dSae)} on layer ${recipe.layer} of the demo's model, L0 ${recipe.l0}`,
  );
  const corpus = join(folder, 'words.txt');
  await writeFile(corpus, randomWords(2 * tokens));
  const hasPeer = await succeeds(python);
  let turn = 0;
  const taken = await takeTurns(rounds, async (): Promise<Round> => {
    const out = join(folder, `saes-${turn++}`);
    const shared = { model, corpus: [corpus], tokens, dSae: recipe.dSae, batchTokens: recipe.batch };
    const one = await rateOf({ ...shared, out, layers: [recipe.layer], targetL0: [recipe.l0] });
    const six = await rateOf({ ...shared, out: `${out}-six`, ...several });
    return hasPeer ? { one, six, peer: await runPeer(python, tokens) } : { one, six };
  });
  for (const line of report(taken)) print(line);
}

function report(rounds: readonly Round[]): string[] {
  const rate = (value: number) => `${formatNumber(value)} tokens/s`;
  const each = medianOf(rounds, ({ one, six }) => (6 * six) / one);
  const lines = [
    reportLine('one SAE, forward pass included', rate(medianOf(rounds, ({ one }) => one))),
    reportLine('six at once', rate(medianOf(rounds, ({ six }) => six)), 'layers 1 and 3, L0 10, 28 and 60'),
    aimLine('one of six against one alone', formatRatio(each), { text: '1×', met: each >= 1 }),
  ];
  const paired = rounds.flatMap(({ one, peer }) => (peer ? [{ one, peer }] : []));
  const last = paired.at(-1);
  if (!last) return [...lines, reportLine('SAELens', 'not installed', '--python names what has it')];
  const ratio = medianOf(paired, ({ one, peer }) => one / peer.tokensPerSecond);
  return [
    ...lines,
    reportLine('SAELens', rate(medianOf(paired, ({ peer }) => peer.tokensPerSecond)), last.peer.line),
    aimLine('one SAE against SAELens', formatRatio(ratio), { text: '2.5×', met: ratio >= 2.5 }),
  ];
}

/** Tokens a second from the first block of activations to the last step. */
async function rateOf(settings: object): Promise<number> {
  let [started, ended, tokens] = [0, 0, 0];
  const effects: Effects = {
    ...silentEffects(),
    now: () => performance.now(),
    progress(_, total) {
      [started, tokens] = [performance.now(), total];
      return {
        update() {},
        end() {
          ended = performance.now();
        },
      };
    },
  };
  await trainSaes(trainSchema.parse(settings), effects);
  return (1000 * tokens) / (ended - started);
}

async function succeeds(python: string): Promise<boolean> {
  try {
    await run(python, ['-c', 'import sae_lens, transformers']);
    return true;
  } catch {
    return false;
  }
}

async function runPeer(python: string, tokens: number): Promise<PeerResult> {
  const { layer, dSae, l0, batch, context } = recipe;
  const { stdout } = await run(python, [saeLens, model, ...[layer, dSae, l0, tokens, batch, context].map(String)]);
  return parsePeer(stdout);
}

const words = ['the', 'of', 'model', 'and', 'function', 'returns', 'list', 'when', 'value', 'is', 'not', 'a', 'file'];

function randomWords(count: number): string {
  const random = seededRandom(1);
  return Array.from({ length: count }, (_, i) => (i % 500 === 499 ? '\n' : pickOne(random, words))).join(' ');
}
