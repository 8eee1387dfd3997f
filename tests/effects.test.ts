import { WriteStream } from 'node:tty';
import { expect, test, vi } from 'vitest';
import { lineProgress } from '../pipeline/effects/line-progress.ts';
import { formatPace, formatSeconds } from '../pipeline/effects/pace.ts';
import { terminalEffects } from '../pipeline/effects/terminal.ts';

/** What a progress report prints when `steps` are [milliseconds, done] updates. */
function linesOf(total: number, steps: [number, number][], from?: number | 'first'): string[] {
  const lines: string[] = [];
  let time = 0;
  const progress = lineProgress({
    label: 'read',
    total,
    unit: 'tokens',
    ...(from !== undefined && { from }),
    log: (line) => lines.push(line),
    now: () => time,
  });
  for (const [at, done] of steps) {
    time = at;
    progress.update(done);
  }
  progress.end();
  return lines;
}

test('without a terminal a line comes at each tenth, and not at every update', () => {
  const steps = Array.from({ length: 100 }, (_, i): [number, number] => [(i + 1) * 10, i + 1]);
  const lines = linesOf(100, steps);
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('read: 10/100 tokens, 100 tokens/s, 1s left');
  expect(lines.at(-1)).toBe('read: 100/100 tokens in 1s');
});

test('slow work says something every ten seconds', () => {
  const lines = linesOf(1000, [
    [4000, 4],
    [9000, 9],
    [12_000, 12],
    [20_000, 20],
    [23_000, 23],
  ]);
  expect(lines).toEqual([
    'read: 12/1,000 tokens, 1 tokens/s, 16m28s left',
    'read: 23/1,000 tokens, 1 tokens/s, 16m17s left',
    'read: 23/1,000 tokens in 23s',
  ]);
});

test('what was done before counts nothing towards the pace, and is not said again', () => {
  const lines = linesOf(
    100,
    [
      [0, 60],
      [1000, 70],
      [2000, 80],
    ],
    60,
  );
  expect(lines).toEqual([
    'read: 70/100 tokens, 10 tokens/s, 3s left',
    'read: 80/100 tokens, 10 tokens/s, 2s left',
    'read: 80/100 tokens in 2s',
  ]);
});

test.each([
  ['xterm', 0],
  ['dumb', 1],
])('a terminal that says it is %s gets plain lines: %d', async (term, plain) => {
  const stderr = Object.assign(Object.create(WriteStream.prototype), { isTTY: true, columns: 80 });
  const written: string[] = [];
  vi.spyOn(stderr, 'write').mockImplementation((text: unknown) => written.push(String(text)) > 0);
  const { progress } = await terminalEffects({ stdout: process.stdout, stderr, term, now: () => 0 });
  const read = progress('read', 2, 'tokens');
  read.update(2);
  read.end();
  expect(written.filter((text) => text === 'read: 2/2 tokens in 0s\n')).toHaveLength(plain);
  expect(written.some((text) => text.includes('\x1b'))).toBe(plain === 0);
});

test('time left comes from the mean rate, and is not guessed before there is one', () => {
  expect(formatPace(500, 1500, 2000, 'pages')).toBe('250 pages/s, 4s left');
  expect(formatPace(0, 1500, 2000, 'pages')).toBe('0 pages/s');
});

test('what comes before the first counts nothing towards a pace that is counted from it', () => {
  const lines = linesOf(
    1000,
    [
      [60_000, 1],
      [61_000, 51],
      [70_000, 101],
    ],
    'first',
  );
  expect(lines).toEqual([
    'read: 1/1,000 tokens, 0 tokens/s',
    'read: 101/1,000 tokens, 10 tokens/s, 1m30s left',
    'read: 101/1,000 tokens in 1m10s',
  ]);
});

test('below a hundredth of the whole and ten seconds there is no time left yet', () => {
  expect(formatPace(9, 1000, 2000, 'pages')).toBe('4.5 pages/s');
  expect(formatPace(10, 1000, 2000, 'pages')).toBe('5 pages/s, 3m18s left');
  expect(formatPace(9, 1000, 10_000, 'pages')).toBe('0.9 pages/s, 18m21s left');
});

test('times read as a person would say them', () => {
  expect([7.6, 65, 3599.6, 7380].map(formatSeconds)).toEqual(['8s', '1m05s', '1h00m', '2h03m']);
});
