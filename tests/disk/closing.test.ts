import { expect, it } from 'vitest';
import { closeAll, closingAfter, type OnEnd } from '../../pipeline/disk/closing.ts';
import { orClose } from '../../pipeline/disk/or-close.ts';

/** Notes what is closed; some of it fails. */
function closings() {
  const closed: string[] = [];
  const close =
    (name: string, fails = false) =>
    async () => {
      closed.push(name);
      if (fails) throw new Error(`${name} fails`);
    };
  return { closed, close };
}

it('all is closed, whatever fails of it, and what failed first is said', async () => {
  const { closed, close } = closings();
  await expect(closeAll([close('a'), close('b', true), close('c', true), close('d')])).rejects.toThrow('b fails');
  expect(closed).toEqual(['a', 'b', 'c', 'd']);
});

it('what was opened last is closed first, at the end', async () => {
  const { closed, close } = closings();
  const value = await closingAfter(async (onEnd) => {
    onEnd(close('a'));
    onEnd(close('b'));
    expect(closed).toEqual([]);
    return 'done';
  });
  expect([value, closed]).toEqual(['done', ['b', 'a']]);
});

it('what fails of the closing hides nothing that failed before it', async () => {
  const { closed, close } = closings();
  const act = async (onEnd: OnEnd) => {
    onEnd(close('a'));
    onEnd(close('b', true));
    throw new Error('the disk is full');
  };
  await expect(closingAfter(act)).rejects.toThrow('the disk is full');
  await expect(
    orClose({ close: close('c', true) }, () => Promise.reject(new Error('the disk is full'))),
  ).rejects.toThrow('the disk is full');
  expect(closed).toEqual(['b', 'a', 'c']);
});
