import { expect, test } from 'vitest';
import { asUserError } from '../../pipeline/errors/system-error.ts';

const missing = (name: string): Error => {
  const text = `Cannot find package '${name}' imported from /somewhere/lm-step.js`;
  return Object.assign(new Error(text), { code: 'ERR_MODULE_NOT_FOUND' });
};

test('a package that one command alone needs is asked for in a line', () => {
  expect(asUserError(missing('@tensorflow/tfjs'))?.message).toBe(
    'this command needs the package @tensorflow/tfjs, expected it beside attention-atlas (npm install @tensorflow/tfjs)',
  );
});

test('any other package that is missing is a fault of ours', () => {
  expect(asUserError(missing('zod'))).toBeUndefined();
});
