const MINUS = '−';

/** Three digits with so many decimals, by the digits: 123 with one is 12.3. Filled as they are asked for. */
const threeDigits: string[][] = [[], [], [], [], [], []];
/** Nearer to half a unit of the last digit than this, a product may have been rounded to its other side. */
const HALF_GUARD = 1e-6;

/** What `significant` prints of 0.001 to 999.5 with three digits; undefined where it has to work it out. */
function quickly(value: number): string | undefined {
  if (!(value >= 0.001 && value < 999.5)) return undefined;
  const decimals = value < 0.01 ? 5 : value < 0.1 ? 4 : value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0;
  const scaled = value * 10 ** decimals;
  const digits = Math.floor(scaled + 0.5);
  if (digits > 999 || Math.abs(scaled - Math.floor(scaled) - 0.5) < HALF_GUARD) return undefined;
  const known = threeDigits[decimals][digits];
  if (known !== undefined) return known;
  const text = value.toFixed(decimals);
  threeDigits[decimals][digits] = text;
  return text;
}

/** A number with `digits` significant digits, no exponent in the range a page shows, and a true minus sign. */
export function significant(value: number, digits = 3): string {
  const quick = digits === 3 ? quickly(value) : undefined;
  if (quick !== undefined) return quick;
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
