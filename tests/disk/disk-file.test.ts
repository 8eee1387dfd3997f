import { devNull } from 'node:os';
import { expect, it } from 'vitest';
import { DiskFile } from '../../pipeline/disk/disk-file.ts';

it('takes more than 2 GiB at once', async () => {
  // Pages that nothing is written into take no memory, and the null device no disk.
  const bytes = new Uint8Array(2 ** 31 + 4);
  const file = await DiskFile.create(devNull);
  try {
    file.writeAt(bytes, 0);
    expect(file.readAt(bytes, 0)).toBe(0);
  } finally {
    await file.close();
  }
});
