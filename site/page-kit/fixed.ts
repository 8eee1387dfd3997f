/** A number with so many decimals and a true minus sign; what rounds to 0 has no sign. */
export const fixed = (value: number, decimals: number): string =>
  value
    .toFixed(decimals)
    .replace(/^-(?=.*[1-9])/, '−')
    .replace(/^-/, '');
