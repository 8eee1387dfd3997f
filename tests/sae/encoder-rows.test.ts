import { expect, it } from 'vitest';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { encoderRowsOf } from '../../pipeline/sae/encoder-rows.ts';

it('turns what each feature reads into a row, of more features than are turned together too', () => {
  const [dIn, dSae] = [3, 70];
  const wEnc = float32(
    [dIn, dSae],
    Float32Array.from({ length: dIn * dSae }, (_, i) => i),
  );
  const { shape, data } = encoderRowsOf({ wEnc, dIn, dSae });
  expect(shape).toEqual([dSae, dIn]);
  expect([...data.subarray(0, 6)]).toEqual([0, 70, 140, 1, 71, 141]);
  expect([...data.subarray(69 * dIn)]).toEqual([69, 139, 209]);
});
