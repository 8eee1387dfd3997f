import { describe, expect, it } from 'vitest';
import { keptContexts } from '../../../pipeline/training/sae/kept-contexts.ts';

/** Contexts of two tokens, and how many were made. */
function corpus(size: number) {
  const made: number[] = [];
  const open = async function* () {
    for (let i = 0; i < size; i++) {
      made.push(i);
      yield Int32Array.of(i, i);
    }
  };
  return { made, open };
}

async function taken(contexts: AsyncIterable<Int32Array>, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const found: number[] = [];
  for await (const context of contexts) if (found.push(context[0] ?? -1) >= most) break;
  return found;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('keptContexts', () => {
  it('goes through a corpus again and again and makes each context once, after passes that stop early too', async () => {
    const { made, open } = corpus(5);
    const contexts = keptContexts(open);
    expect(await taken(contexts(), 2)).toEqual([0, 1]);
    expect(await taken(contexts())).toEqual(upTo(5));
    expect(await taken(contexts())).toEqual(upTo(5));
    expect(made).toEqual(upTo(5));
  });

  it('makes those anew in later passes that there is no room for', async () => {
    const { made, open } = corpus(6);
    const contexts = keptContexts(open, 8);
    expect(await taken(contexts())).toEqual(upTo(6));
    expect(await taken(contexts())).toEqual(upTo(6));
    expect(await taken(contexts(), 4)).toEqual(upTo(4));
    expect(made).toEqual([...upTo(6), ...upTo(6)]);
  });

  it('closes the corpus where a pass that goes beyond its room stops early', async () => {
    let isOpen = false;
    const open = async function* () {
      isOpen = true;
      try {
        yield* corpus(6).open();
      } finally {
        isOpen = false;
      }
    };
    expect(await taken(keptContexts(open, 4)(), 4)).toEqual(upTo(4));
    expect(isOpen).toBe(false);
  });

  it('yields nothing of an empty corpus', async () => {
    expect(await taken(keptContexts(corpus(0).open)())).toEqual([]);
  });
});
