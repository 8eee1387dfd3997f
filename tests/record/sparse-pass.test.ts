import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Effects, silentEffects } from '../../pipeline/effects.ts';
import { callable } from '../../pipeline/engine/flat-program.ts';
import { createEngine, type Engine } from '../../pipeline/engine/index.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { AttributionLog } from '../../pipeline/record/attribution-log.ts';
import { contextsInMemory } from '../../pipeline/record/contexts-in-memory.ts';
import { countTokens } from '../../pipeline/record/counted-tokens.ts';
import { HeadPeaks } from '../../pipeline/record/head-peaks.ts';
import type { LayerRecorder } from '../../pipeline/record/layer-recorder.ts';
import { recordCorpus } from '../../pipeline/record/record-corpus.ts';
import { Workspace } from '../../pipeline/record/workspace.ts';
import type { Sae } from '../../pipeline/sae/sae.ts';
import { tinyModel, tinySae } from '../engine/pipeline-programs.ts';
import { numbers } from '../engine/programs.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

const length = 16;
const count = 64;
const batch = 8;
const examples = 3;
const contexts = contextsInMemory(
  Array.from({ length: count }, (_, i) => Int32Array.from(numbers(length, i + 1), (x) => Math.floor((x + 1) * 30))),
);

/** An SAE of 512 features, of which a handful is active at a token: more where the bias is higher. */
function sparseSae(layer: number, bias: number): Sae {
  const sae = tinySae(layer, 512);
  return { ...sae, id: String(layer), bEnc: float32([512], new Float32Array(512).fill(bias)) };
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

/** An engine, and how many of its programs are not given back. */
function countPrograms(own: Engine): [Engine, () => number] {
  let held = 0;
  const compile: Engine['compile'] = async (program) => {
    const compiled = await own.compile(program);
    held++;
    return callable(
      (inputs, into) => compiled(inputs, into),
      async () => {
        held--;
        await compiled.dispose();
      },
    );
  };
  return [{ ...own, compile }, () => held];
}

interface Recorded {
  readonly recorders: LayerRecorder[];
  readonly heads: HeadPeaks;
  readonly folder: string;
  /** Before attributions were computed. */
  readonly bytesRead: number;
}

/** Records the contexts on an engine that is said to share the host's memory, or not to. */
async function record(
  saes: readonly Sae[],
  sharesMemory: boolean,
  segmentTokens = 128,
  own = engine,
): Promise<Recorded> {
  const out = await temporaryFolder();
  const workspace = await Workspace.open(out, 'test');
  const model = tinyModel();
  const shared = { model, contexts, workspace, batch, examples, headSequences: 2, segmentTokens };
  const before = engine.traffic.bytesRead;
  let after = 0;
  const silent = silentEffects();
  const effects: Effects = {
    ...silent,
    progress(what, total, unit) {
      if (what === 'attributions') after = engine.traffic.bytesRead;
      return silent.progress(what, total, unit);
    },
  };
  const recorders = await recordCorpus({ ...shared, saes, engine: { ...own, sharesMemory }, effects });
  const heads = await HeadPeaks.open({ ...shared, saes }, workspace);
  return { recorders, heads, folder: workspace.folder, bytesRead: after - before };
}

async function expectSame(one: Recorded, other: Recorded): Promise<void> {
  expect(one.heads.top.state.sizes.every((size) => size === 2)).toBe(true);
  expect(other.heads.top.state).toEqual(one.heads.top.state);
  for (const [i, { sae, top, attributions }] of one.recorders.entries()) {
    for (const name of [`counts-${sae.id}.bin`, `activations-${sae.id}.bin`]) {
      const [a, b] = await Promise.all([one, other].map(({ folder }) => readFile(join(folder, name))));
      expect(a?.length, name).toBeGreaterThan(0);
      expect(b?.equals(a ?? Buffer.alloc(0)), name).toBe(true);
    }
    const twin = other.recorders[i];
    let compared = 0;
    for (let feature = 0; feature < sae.dSae; feature++) {
      const [own, theirs] = [top.of(feature), twin.top.of(feature)];
      const bare = (list: typeof own) => list.map(({ token, value }) => [token, value]);
      expect(bare(theirs)).toEqual(bare(own));
      const read = attributions.read(own.map(({ record: at }) => at));
      const other = twin.attributions.read(theirs.map(({ record: at }) => at));
      for (const [rank, { bySource, byHead }] of read.entries()) {
        bySource.forEach((value, s) => expect(Math.abs(value - other[rank].bySource[s])).toBeLessThan(1e-5));
        byHead.forEach((value, head) => expect(Math.abs(value - other[rank].byHead[head])).toBeLessThan(1e-5));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(20);
  }
}

const close = async ({ recorders }: Recorded) => {
  for (const recorder of recorders) await recorder.close();
};

/** ‖f‖₀ of a token, as the log has it, over all its tokens but the first of a context. */
function l0Of({ activations, sae }: LayerRecorder): number {
  let active = 0;
  for (const { tokens } of activations.features(1e6)) active += tokens.length;
  expect(sae.dSae).toBeGreaterThan(0);
  return active / (count * (length - 1));
}

/** An SAE's activations as the log has them, [feature, token, value], of tokens that are told. */
function logOf({ activations }: LayerRecorder, isCounted: (token: number) => boolean = () => true) {
  const entries: [number, number, number][] = [];
  for (const [feature, { tokens, values }] of [...activations.features(1e6)].entries())
    for (const [i, token] of tokens.entries()) if (isCounted(token)) entries.push([feature, token, values[i] ?? 0]);
  return entries;
}

describe('recording an SAE that was not trained on every token', () => {
  const excludedTokens = new Set([3, 17, 30, 31, 44]);
  const isCounted = (token: number) =>
    !excludedTokens.has(contexts.tokensOf(Math.floor(token / length))[token % length] ?? 0);

  it.each([true, false])('logs nothing at those tokens, and all else (memory shared: %s)', async (sharesMemory) => {
    const [whole, masked] = [
      await record([sparseSae(1, -5)], sharesMemory),
      await record([{ ...sparseSae(1, -5), excludedTokens }], sharesMemory),
    ];
    const [all, own] = [whole, masked].map(({ recorders: [recorder] }) => recorder);
    if (!all || !own) throw new Error('no recorder');
    expect(logOf(own)).toEqual(logOf(all, isCounted));
    expect(logOf(own).length).toBeLessThan(logOf(all).length);
    for (let feature = 0; feature < own.sae.dSae; feature++)
      for (const { token } of own.top.of(feature)) expect(isCounted(token)).toBe(true);
    const counted = Array.from({ length: count * length }, (_, token) => token).filter(
      (token) => token % length !== 0 && isCounted(token),
    );
    expect(countTokens(own.sae, contexts)).toBe(counted.length);
    await Promise.all([whole, masked].map(close));
  });
});

describe('recording where reading costs nothing', () => {
  it('computes no attribution of an example that a later batch of its segment pushes out', async () => {
    const append = vi.spyOn(AttributionLog.prototype, 'append');
    const recorded = await record([tinySae(1)], true, count * length);
    expect(count).toBeGreaterThan(4 * batch);
    const top = recorded.recorders[0]?.top.state.sizes.reduce((sum, size) => sum + size, 0) ?? 0;
    expect(top).toBeGreaterThan(20 * examples);
    expect(append.mock.calls.reduce((sum, [{ outputBias }]) => sum + outputBias.length, 0)).toBe(top);
    append.mockRestore();
    await close(recorded);
  });
});

describe('recording that fails', () => {
  it.each([
    ['in the pass', 'activations', true],
    ['in the pass, where reading costs', 'activations', false],
    ['while attributions are computed', 'attributions', false],
  ])('%s gives back its programs, and ends its progress', async (_, label, sharesMemory) => {
    const [counted, held] = countPrograms({ ...engine, sharesMemory });
    const going = new Set<string>();
    const effects: Effects = {
      ...silentEffects(),
      progress: (what) => {
        going.add(what);
        return {
          update() {
            if (what === label) throw new Error('the disk is full');
          },
          end: () => void going.delete(what),
        };
      },
    };
    const workspace = await Workspace.open(await temporaryFolder(), 'test');
    const shared = { model: tinyModel(), contexts, workspace, batch, examples, segmentTokens: 128 };
    const recorded = recordCorpus({ ...shared, saes: [sparseSae(1, -5)], engine: counted, effects });
    await expect(recorded).rejects.toThrow('the disk is full');
    expect([...going]).toEqual([]);
    expect(held()).toBe(0);
  });
});

describe('recording where reading costs', () => {
  it.each([
    ['few features are active', [sparseSae(0, -5), sparseSae(1, -6)]],
    ['many are', [tinySae(0), { ...tinySae(1), id: '1' }]],
    ['k are', [{ ...tinySae(1, 40), activation: { kind: 'topk', k: 7 } } satisfies Sae]],
  ])('logs the same bytes and keeps the same examples where %s', async (_, saes) => {
    const [dense, sparse] = [await record(saes, true), await record(saes, false)];
    await expectSame(dense, sparse);
    await Promise.all([dense, sparse].map(close));
  });

  it('holds two programs at most, since each has the weights: one to run, one that reads twice as much', async () => {
    const held = new Set<string>();
    let most = 0;
    const counting: Engine = {
      ...engine,
      async compile(program) {
        const compiled = await engine.compile(program);
        if (!program.name.startsWith('active features')) return compiled;
        const name = `${program.name} ${held.size}`;
        most = Math.max(most, held.add(name).size);
        return Object.assign((...of: Parameters<typeof compiled>) => compiled(...of), {
          dispose: async () => {
            held.delete(name);
            await compiled.dispose();
          },
        });
      },
    };
    const sparse = await record([sparseSae(0, -5), sparseSae(1, -6)], false, 128, counting);
    expect({ most, left: held.size }).toEqual({ most: 2, left: 0 });
    await close(sparse);
  });

  it('reads at most 64·L0 + 64 bytes a token and layer back, the attributions of the examples aside', async () => {
    const sparse = await record([sparseSae(0, -5), sparseSae(1, -6)], false);
    const l0 = sparse.recorders.map(l0Of);
    expect(Math.min(...l0)).toBeGreaterThan(1);
    const bound = l0.reduce((sum, active) => sum + 64 * active + 64, 0) * count * length;
    expect(sparse.bytesRead).toBeGreaterThan(0);
    expect(sparse.bytesRead).toBeLessThanOrEqual(bound);
    await close(sparse);
  });
});
