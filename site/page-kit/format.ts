const MINUS = '−';

/** A number with `digits` significant digits, no exponent in the range a page shows, and a true minus sign. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(Number(value.toPrecision(digits)));
  if (size >= 1e6 || size < 1e-4)
    return value
      .toExponential(digits - 1)
      .replace('e+', 'e')
      .replaceAll('-', MINUS);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(decimals).replace('-', MINUS);
}

/** As `significant`, with an explicit sign. */
export function signed(value: number, digits = 3): string {
  return value > 0 ? `+${significant(value, digits)}` : significant(value, digits);
}

/** A count with commas between thousands: 8,192. */
export function count(value: number | bigint): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A share in 0…1 as a percentage: 94%. */
export function percent(share: number, digits = 3): string {
  if (!Number.isFinite(share)) return '–';
  return `${significant(share * 100, digits)}%`;
}

/** A signed offset between token positions: −57, 0, +3. */
export function offset(value: number): string {
  if (value === 0) return '0';
  return value < 0 ? `${MINUS}${-value}` : `+${value}`;
}
