import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import { createEngine } from '../../pipeline/engine/index.ts';
import { contextsInMemory } from '../../pipeline/record/contexts-in-memory.ts';
import { HeadPeaks } from '../../pipeline/record/head-peaks.ts';
import { loadInputs } from '../../pipeline/record/inputs.ts';
import { chooseSamples, sampleSizes } from '../../pipeline/record/run-samples.ts';
import { type MeasurePart, StoredParts } from '../../pipeline/record/stored-parts.ts';
import { Claims } from '../../pipeline/run/ahead/claims.ts';
import { computeFromLast } from '../../pipeline/run/ahead/compute-from-last.ts';
import { measureAhead } from '../../pipeline/run/ahead/measure-ahead.ts';
import { SharedParts } from '../../pipeline/run/ahead/shared-parts.ts';
import { quickConfig } from './quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

const names = ['a', 'b', 'c', 'd'];
afterAll(removeTemporaryFolders);

/** Parts that give their own names, and the order in which they were computed. */
function partsOf() {
  const computed: string[] = [];
  const parts = names.map(
    (name): MeasurePart => ({
      name,
      async compute() {
        computed.push(name);
        return name.toUpperCase();
      },
    }),
  );
  return { parts, computed };
}

describe('a companion', () => {
  it('computes from the last part on what the run has not taken', async () => {
    const stored = new StoredParts(await temporaryFolder());
    const claims = new Claims(names);
    claims.takeForRun('b');
    const { parts, computed } = partsOf();
    await computeFromLast(parts, claims, stored);
    expect(computed).toEqual(['d', 'c', 'a']);
    expect(await stored.read('c')).toBe('C');
    expect(await stored.read('b')).toBeUndefined();
  });

  it('begins with what the run will wait for', async () => {
    const { parts, computed } = partsOf();
    const awaited = parts.map((part) => (part.name === 'a' || part.name === 'b' ? { ...part, isAwaited: true } : part));
    await computeFromLast(awaited, new Claims(names), new StoredParts(await temporaryFolder()));
    expect(computed).toEqual(['b', 'a', 'd', 'c']);
  });

  it('computes parts that share work at once, those alone that are free and not stored', async () => {
    const stored = new StoredParts(await temporaryFolder());
    await stored.write('b', 'stored before');
    const claims = new Claims(names);
    claims.takeForRun('c');
    const asked: (readonly string[])[] = [];
    const together = async (wanted: readonly string[]) => {
      asked.push(wanted);
      return new Map(wanted.map((name) => [name, `${name} together`]));
    };
    const { parts, computed } = partsOf();
    const shared = parts.map((part) => (part.name === 'a' ? part : { ...part, together }));
    await computeFromLast(shared, claims, stored);
    expect(asked).toEqual([['d']]);
    expect(computed).toEqual(['a']);
    expect(await stored.read('b')).toBe('stored before');
    expect(await stored.read('d')).toBe('d together');
  });

  it('leaves a part that fails to the run', async () => {
    const out = await temporaryFolder();
    const claims = new Claims(names);
    const { parts } = partsOf();
    const failing = parts.map((part) =>
      part.name === 'c' ? { ...part, compute: () => Promise.reject(new Error()) } : part,
    );
    await computeFromLast(failing, claims, new StoredParts(out));
    const shared = new SharedParts(out, claims, silentEffects());
    expect(await shared.keep('c', async () => 'computed by the run')).toBe('computed by the run');
    expect(await shared.keep('a', () => Promise.reject(new Error()))).toBe('A');
  });
});

it('a companion is not begun where the run has no engine to go beside it', async () => {
  const settings: RunConfig = { ...quickConfig(await temporaryFolder()), threads: 2, backend: 'onnx-cpu' };
  const inputs = { ...(await loadInputs(settings)), saes: [] };
  const contexts = contextsInMemory([new Int32Array(inputs.contextLength), new Int32Array(inputs.contextLength)]);
  const samples = chooseSamples(contexts, settings.qualityTokens, sampleSizes);
  const heads = await HeadPeaks.open({ ...inputs, contexts }, { folder: settings.out, headPeaks: null });
  const engine = await createEngine(settings);
  const begun: unknown[] = [];
  const onWorker = (worker: unknown) => begun.push(worker);
  process.on('worker', onWorker);
  try {
    const subject = {
      ...{ inputs, engine, contexts, samples, parts: new StoredParts(settings.out), effects: silentEffects() },
      settings: { ...settings, precision: 'tf32' as const },
    };
    const options = { subject, recorders: [], heads, sizes: { ...sampleSizes, dividedTokens: 1 }, fingerprint: '' };
    await expect(measureAhead(options)).rejects.toThrow('precision tf32 is of --backend');
    await nextTurn(); // when it would be told
  } finally {
    process.off('worker', onWorker);
  }
  expect(begun).toEqual([]);
});

describe('a run with a companion', () => {
  it('waits for a part that the companion has taken, and keeps from it what it has taken itself', async () => {
    const out = await temporaryFolder();
    const claims = new Claims(names);
    const ofCompanion = new Claims(names, claims.slots);
    const shared = new SharedParts(out, claims, silentEffects());
    expect(ofCompanion.takeForCompanion('d')).toBe(true);
    const asked = shared.read('d');
    await new StoredParts(out).write('d', 4);
    ofCompanion.settle('d');
    expect(await asked).toBe(4);
    expect(await shared.read('a')).toBeUndefined();
    expect(ofCompanion.takeForCompanion('a')).toBe(false);
  });

  it('takes what the companion has not, and waits for nothing yet', async () => {
    const claims = new Claims(names);
    claims.takeForCompanion('c');
    const shared = new SharedParts(await temporaryFolder(), claims, silentEffects());
    expect([...shared.claim(['a', 'c', 'no part of a companion'])]).toEqual(['c']);
    expect(claims.takeForCompanion('a')).toBe(false);
    expect(claims.takeForCompanion('b')).toBe(true);
  });

  it('goes on where the companion ends, and stops at once where the user wants it to', async () => {
    const out = await temporaryFolder();
    const claims = new Claims(names);
    const stopping = {
      ...silentEffects(),
      progress: () => ({
        update: () => {
          throw new Error('stopped');
        },
        end() {},
      }),
    };
    claims.takeForCompanion('d');
    await expect(new SharedParts(out, claims, stopping).read('d')).rejects.toThrow('stopped');
    const waiting = new SharedParts(out, claims, silentEffects()).read('d');
    claims.end();
    expect(await waiting).toBeUndefined();
    expect(claims.takeForCompanion('a')).toBe(false);
  });
});
