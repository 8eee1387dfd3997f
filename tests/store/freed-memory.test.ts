import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { givingBackFreed } from '../../pipeline/store/freed-memory.ts';

const child = fileURLToPath(new URL('./freed-memory-child.ts', import.meta.url));
const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };

describe('memory that native code has freed', () => {
  it.runIf(header.glibcVersionRuntime)('goes back to the system meanwhile', { timeout: 60_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child]);
    const { before, after } = JSON.parse(stdout);
    expect(before - after).toBeGreaterThan(200e6);
  });

  it('is nothing to what was asked for: its result or its error', async () => {
    expect(await givingBackFreed(async () => 3)).toBe(3);
    await expect(givingBackFreed(() => Promise.reject(new Error('ours')))).rejects.toThrow('ours');
  });

  it.runIf(process.platform === 'linux')('stays where it is where it cannot be given back', async () => {
    const trim = vi.fn(() => Promise.reject(new Error('no memory for an instance')));
    vi.useFakeTimers();
    const acted = givingBackFreed(() => new Promise((resolve) => setTimeout(() => resolve(3), 4500)), trim);
    await vi.advanceTimersByTimeAsync(4500);
    vi.useRealTimers();
    expect([await acted, trim.mock.calls.length]).toEqual([3, 4]);
  });
});
