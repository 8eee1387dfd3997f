import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openSafetensors } from '../../pipeline/files/safetensors/safetensors.ts';

const folder = 'tests/fixtures/families';

/** Small random models as their own libraries save them, a folder each. */
export const familyCases: readonly string[] = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? entry.name : [],
);

export const familyFolder = (name: string): string => join(folder, name);

/** What a case's own implementation computes in float64: tokens, logits, and each layer's pattern, value and z. */
export async function expectedOf(name: string): Promise<{ tokens: number[]; outputs: Map<string, Float32Array> }> {
  const file = await openSafetensors(join(folder, name, 'expected.safetensors'));
  const outputs = new Map<string, Float32Array>();
  for (const tensor of file.shapes.keys()) outputs.set(tensor, (await file.read(tensor)).data);
  await file.close();
  const tokens = [...(outputs.get('tokens') ?? [])];
  outputs.delete('tokens');
  return { tokens, outputs };
}

/** Expects numbers to be within `tolerance` of the wanted ones, relative to the largest of them. */
export function expectClose(
  actual: ArrayLike<number> | undefined,
  wanted: Float32Array,
  what: string,
  tolerance: number,
): void {
  expect(actual?.length, what).toBe(wanted.length);
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual?.[i] ?? Number.NaN))), 0);
  expect(scale, what).toBeGreaterThan(0.01);
  expect(worst / scale, what).toBeLessThan(tolerance);
}
