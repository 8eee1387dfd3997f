const STEPS = 900;
const LEAST_EXPONENT = -32;
const MOST = 2 ** 16 - 1;

/**
 * A number of at least 0 as pages print it, to three significant digits, in 16 bits that sort as it does:
 * 0 for 0, else 1 + 900·(e + 32) + (m − 100) for m·10^(e − 2) with m in 100…999.
 */
export function encodeShown(value: number): number {
  if (!(value > 0)) return 0;
  const [digits = '', exponent = ''] = value.toExponential(2).split('e');
  const code = 1 + STEPS * (Number(exponent) - LEAST_EXPONENT) + Math.round(Number(digits) * 100) - 100;
  return Math.min(MOST, Math.max(1, code));
}

export function decodeShown(code: number): number {
  if (code === 0) return 0;
  const exponent = Math.floor((code - 1) / STEPS) + LEAST_EXPONENT;
  return Number(`${((code - 1) % STEPS) + 100}e${exponent - 2}`);
}
