import { afterEach, describe, expect, it } from 'vitest';
import { ActivationLog, type ActivationLogPosition } from '../../pipeline/stages/activation-log.ts';
import { removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterEach(removeTemporaryFolders);

type Entry = readonly [feature: number, token: number, value: number];
const start: ActivationLogPosition = { counts: 0, entries: 0 };

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
    const log = await ActivationLog.open(await temporaryFolder(), 0, 3, start);
    log.append(entriesOf(first));
    log.append(entriesOf(second));
    for (const maxEntries of [1, 2, 1000]) expect(featuresOf(log, maxEntries)).toEqual(whole);
    await log.close();
  });

  it('forgets what was not committed', async () => {
    const folder = await temporaryFolder();
    const log = await ActivationLog.open(folder, 0, 3, start);
    log.append(entriesOf(first));
    await log.flush();
    const committed = log.position;
    log.append(entriesOf(second));
    await log.close();

    const resumed = await ActivationLog.open(folder, 0, 3, committed);
    resumed.append(entriesOf(second));
    expect(featuresOf(resumed)).toEqual(whole);
    await resumed.close();
  });
});
