import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DamagedFile } from '../../pipeline/disk/checksum.ts';
import { ActivationLog, startOfLog } from '../../pipeline/record/activation-log.ts';
import { removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterEach(removeTemporaryFolders);

type Entry = readonly [feature: number, token: number, value: number];

function entriesOf(entries: readonly Entry[]) {
  return {
    features: Int32Array.from(entries, ([feature]) => feature),
    tokens: Uint32Array.from(entries, ([, token]) => token),
    values: Float32Array.from(entries, ([, , value]) => value),
  };
}

function featuresOf(log: ActivationLog, maxEntries = 1000): [number, number][][] {
  const all: [number, number][][] = [];
  for (const { tokens, values } of log.features(maxEntries)) {
    all.push(Array.from(tokens, (token, i): [number, number] => [token, values[i] ?? 0]));
  }
  return all;
}

const first: Entry[] = [
  [2, 1, 0.5],
  [0, 1, 1],
  [2, 3, 0.25],
];
const second: Entry[] = [
  [2, 9, 4],
  [1, 11, 2],
];
const whole = [
  [[1, 1]],
  [[11, 2]],
  [
    [1, 0.5],
    [3, 0.25],
    [9, 4],
  ],
];

describe('the activation log', () => {
  it('gives each feature its activations in the order of their tokens, however many are held at a time', async () => {
    const log = await ActivationLog.open(await temporaryFolder(), '0', 3, startOfLog);
    log.append(entriesOf(first));
    log.append(entriesOf(second));
    for (const maxEntries of [1, 2, 1000]) expect(featuresOf(log, maxEntries)).toEqual(whole);
    await log.close();
  });

  it('takes tokens that lie further apart than 16 bits can say', async () => {
    const far: Entry[] = [
      [0, 5, 1],
      [0, 65_539, 2],
      [0, 65_540, 3],
      [1, 4_294_967_295, 4],
    ];
    const log = await ActivationLog.open(await temporaryFolder(), '0', 2, startOfLog);
    log.append(entriesOf(far));
    for (const maxEntries of [1, 1000]) {
      expect(featuresOf(log, maxEntries)).toEqual([
        [
          [5, 1],
          [65_539, 2],
          [65_540, 3],
        ],
        [[4_294_967_295, 4]],
      ]);
    }
    await log.close();
  });

  it('counts a feature that is active on every token of a long segment', async () => {
    const always = Array.from({ length: 70_000 }, (_, token): Entry => [1, token, token]);
    const log = await ActivationLog.open(await temporaryFolder(), '0', 2, startOfLog);
    log.append(entriesOf(always));
    expect(featuresOf(log)[1]).toEqual(always.map(([, token, value]) => [token, value]));
    await log.close();
  });

  it('keeps six bytes of an activation', async () => {
    const log = await ActivationLog.open(await temporaryFolder(), '0', 3, startOfLog);
    log.append(entriesOf(first));
    expect(log.position.entries.bytes).toBe(3 * 6);
    await log.close();
  });

  it('forgets what was not committed', async () => {
    const folder = await temporaryFolder();
    const log = await ActivationLog.open(folder, '0', 3, startOfLog);
    log.append(entriesOf(first));
    await log.flush();
    const committed = log.position;
    log.append(entriesOf(second));
    await log.close();

    const resumed = await ActivationLog.open(folder, '0', 3, committed);
    resumed.append(entriesOf(second));
    expect(featuresOf(resumed)).toEqual(whole);
    await resumed.close();
  });

  it.each([
    ['cut short', (path: string) => truncate(path, 3), /: 3 bytes, expected 18 /],
    ['emptied', (path: string) => truncate(path, 0), /: 0 bytes, expected 18 /],
    ['gone', (path: string) => rm(path), /: it is missing /],
    ['changed in one bit', (path: string) => flipBit(path, 7), /: its checksum is not that of what was written /],
  ])('is not taken up where a file was %s, nor lengthened', async (_name, damage, message) => {
    const folder = await temporaryFolder();
    const log = await ActivationLog.open(folder, '0', 3, startOfLog);
    log.append(entriesOf(first));
    await log.flush();
    const committed = log.position;
    await log.verify();
    const path = join(folder, 'activations-0.bin');
    await damage(path);
    const size = await sizeOf(path);
    await expect(log.verify()).rejects.toThrow(message);
    await log.close();
    await expect(ActivationLog.open(folder, '0', 3, committed)).rejects.toThrow(DamagedFile);
    expect(await sizeOf(path)).toBe(size);
  });
});

const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );

async function flipBit(path: string, byte: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[byte] = (bytes[byte] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
