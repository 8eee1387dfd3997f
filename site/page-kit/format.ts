import { asItIs, type ByteSink, inText } from './byte-sink.ts';
import { ShortPieces } from './short-pieces.ts';

const MINUS = '−';
const utf8 = new TextEncoder();

const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];

/**
 * Digits with so many decimals behind the point: 123 with one is 12.3. Filled as they are asked for; whole from the start,
 * since an array with large gaps is slow.
 */
const printed = POWERS.map(() => Array.from({ length: 1000 }, (): string | undefined => undefined));
/** Nearer to half a unit of the last digit than this, a product may have been rounded to its other side. */
const HALF_GUARD = 1e-6;

/** A number of zero or more to the nearest integer; −1 where that is not sure. */
function roundedSurely(scaled: number): number {
  const half = Math.abs(scaled - Math.floor(scaled) - 0.5);
  return half < HALF_GUARD ? -1 : Math.floor(scaled + 0.5);
}

/** What `significant` prints of ±0.001 to ±99.5 with two digits, ±999.5 with three; undefined where it has to work it out. */
function quickly(value: number, digits: 2 | 3): string | undefined {
  const size = Math.abs(value);
  if (!(size >= 0.001 && size < 999)) return undefined;
  const decimals = decimalsOf(size) + digits - 3;
  if (decimals < 0) return undefined;
  const number = roundedSurely(size * POWERS[decimals]);
  if (number < 0 || number > (digits === 2 ? 99 : 999)) return undefined;
  const known = printed[decimals][number] ?? printAs(size, decimals, number);
  return value < 0 ? MINUS + known : known;
}

/** Decimals of three significant digits, of 0.001 to 999. */
const decimalsOf = (size: number): number =>
  size < 0.1 ? (size < 0.01 ? 5 : 4) : size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0;

/** The same as bytes, by decimals and digits. */
const printedBytes = new ShortPieces(1000 * POWERS.length, 8);
const minus = utf8.encode(MINUS);
const [PLUS, PERCENT] = [0x2b, 0x25];

/** Adds what `significant` prints. */
export function addSignificant(value: number, digits: 2 | 3, sink: ByteSink): void {
  const size = Math.abs(value);
  const decimals = decimalsOf(size) + digits - 3;
  const number = size >= 0.001 && size < 999 && decimals >= 0 ? roundedSurely(size * POWERS[decimals]) : -1;
  if (number < 0 || number > (digits === 2 ? 99 : 999)) {
    sink.addText(significant(value, digits), asItIs);
    return;
  }
  const place = 1000 * decimals + number;
  if (!printedBytes.has(place)) printedBytes.set(place, utf8.encode(significant(size, digits)));
  if (value < 0) sink.add(minus);
  sink.addShort(printedBytes, place);
}

/** Adds what `signed` prints. */
export function addSigned(value: number, digits: 2 | 3, sink: ByteSink): void {
  if (value > 0) sink.addByte(PLUS);
  addSignificant(value, digits, sink);
}

/** Adds what `percent` prints. */
export function addPercent(share: number, digits: 2 | 3, sink: ByteSink): void {
  if (share >= LEAST_SHARE && Number.isFinite(share)) {
    addSignificant(share * 100, digits, sink);
    sink.addByte(PERCENT);
  } else sink.addText(percent(share, digits), inText);
}

function printAs(size: number, decimals: number, number: number): string {
  const text = size.toFixed(decimals);
  printed[decimals][number] = text;
  return text;
}

/** A number of zero or more, rounded to four significant digits and printed as short as it is then: 0.05, 1.5e-7. */
export function fourDigits(value: number): string {
  const decimals = decimalsOf(value) + 1;
  const scaled = value * POWERS[decimals];
  const number = Math.floor(scaled + 0.5);
  const isSure = value >= 0.001 && number <= 9999 && Math.abs(scaled - Math.floor(scaled) - 0.5) > HALF_GUARD;
  return isSure ? shortest(number, decimals) : String(Number(value.toPrecision(4)));
}

/** By decimals and digits; whole from the start, as above. */
const short = POWERS.map(() => Array.from({ length: 10_000 }, (): string | undefined => undefined));

/** So many digits with so many decimals behind the point, without zeros at the end. */
function shortest(number: number, decimals: number): string {
  const known = short[decimals][number] ?? String(number / POWERS[decimals]);
  short[decimals][number] = known;
  return known;
}

/** A number with `digits` significant digits, no exponent in the range a page shows, and a true minus sign. */
export function significant(value: number, digits = 3): string {
  const quick = digits === 3 || digits === 2 ? quickly(value, digits) : undefined;
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

/** Smaller shares would need an exponent, and mean none. */
const LEAST_SHARE = 1e-6;

/** A share in 0…1 as a percentage: 94%. */
export function percent(share: number, digits = 3): string {
  if (!Number.isFinite(share)) return '–';
  if (share > 0 && share < LEAST_SHARE) return '<0.0001%';
  return `${significant(share * 100, digits)}%`;
}

/** A signed offset between token positions: −57, 0, +3. */
export function offset(value: number): string {
  if (value === 0) return '0';
  return value < 0 ? `${MINUS}${-value}` : `+${value}`;
}
