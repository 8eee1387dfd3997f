import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.ts';
import { parsePeer } from '../../bench/peer.ts';

describe('the benchmark’s flags', () => {
  it('run every section three times unless told otherwise', () => {
    expect(parseOptions([])).toEqual({
      quick: false,
      only: ['pipeline', 'wasm', 'host', 'train', 'pages', 'memory'],
      rounds: 3,
      python: 'python3',
    });
    expect(parseOptions(['--quick', '--only', 'memory,pages'])).toEqual({
      quick: true,
      only: ['pages', 'memory'],
      rounds: 1,
      python: 'python3',
    });
    expect(parseOptions(['--help'])).toBeUndefined();
  });

  it('name a peer and what runs it', () => {
    expect(parseOptions(['--peer', 'lean', '--python', 'python3.12'])?.peer).toEqual({
      folder: 'lean',
      python: 'python3.12',
    });
    expect(parseOptions(['--peer', 'lean'])?.peer?.python).toBe('python3');
  });

  it.each([
    [['--only', 'speed'], 'unknown section speed, expected some of pipeline, wasm, host, train, pages, memory'],
    [['--rounds', 'many'], 'invalid rounds: many, expected 1 or more'],
    [['--fast'], "Unknown option '--fast'"],
  ])('%j is refused in one line', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

describe('a peer’s output', () => {
  it('begins with its rate', () => {
    const line = '15812.5 tokens/s end to end, peak 0.91 GB';
    expect(parsePeer(`${line}\n`)).toEqual({ tokensPerSecond: 15812.5, line });
    expect(() => parsePeer('Killed')).toThrow('the peer printed no rate: Killed');
  });
});
