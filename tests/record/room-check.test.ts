import { describe, expect, it } from 'vitest';
import { recordingEffects } from '../../pipeline/effects.ts';
import { checkRoom, formatBytes } from '../../pipeline/record/room-check.ts';

/** Two layers whose files take 1 MB a context each. */
const recorders = [0, 1].map(() => ({ bytesFor: (_recorded: number, contexts: number) => 1e6 * contexts }));

async function said(free: number | undefined): Promise<readonly string[]> {
  const { effects, lines } = recordingEffects();
  const options = { recorders, folder: 'out/.work', contexts: 1000, perSegment: 10, effects, free: async () => free };
  await checkRoom(options, 100);
  return lines;
}

describe('the room that working files take', () => {
  it('is said beside what is free', async () => {
    expect(await said(5e9)).toEqual([
      'working files: about 2.0 GB until the tables are written, 5.0 GB free (out/.work)',
    ]);
    expect(await said(undefined)).toEqual(['working files: about 2.0 GB until the tables are written (out/.work)']);
  });

  it('must be there for what is left to be written', async () => {
    await expect(said(1.7e9)).rejects.toThrow(
      /^not enough room: the working files need about 1\.8 GB more, 1\.7 GB are free; .*\(out\/\.work\)$/,
    );
    expect(await said(1.9e9)).toHaveLength(1);
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1500, '1.5 kB'],
    [25e6, '25 MB'],
    [2.94e12, '2.9 TB'],
    [5e15, '5000 TB'],
  ])('%d bytes are said as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
