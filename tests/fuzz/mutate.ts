import { pickOne, type Random, randomInteger } from '../../pipeline/numbers/seeded-random.ts';

const numbers = [
  0,
  1,
  -1,
  2,
  3,
  64,
  65,
  255,
  256,
  65_535,
  1e6,
  1e9,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
];
const oddNumbers = [...numbers, -(2 ** 31), 1e18, 1e308, -1e308, 0.5, -0.1, 5e-324];
const texts = [
  '',
  'x',
  ' ',
  '__proto__',
  'constructor',
  '\0',
  '\x1b[31mred',
  '\ud800',
  '\u202e',
  '東京',
  '../..',
  '/',
  '\n',
  'a'.repeat(5000),
];

export const chance = (random: Random, share: number): boolean => random() < share;

/** Mostly one: of several the first to be met hides the others. */
const faults = (random: Random): number => pickOne(random, [0, 1, 1, 1, 1, 2, 2, 4]);

/** A few faults that a disk, a careless writer or a hostile one might put into bytes. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  let mutated = Uint8Array.from(bytes);
  for (let i = faults(random); i > 0; i--) mutated = pickOne(random, byteFaults)(random, mutated);
  return mutated;
}

const place = (random: Random, bytes: Uint8Array): number => randomInteger(random, 0, Math.max(0, bytes.length - 1));

type ByteFault = (random: Random, bytes: Uint8Array) => Uint8Array<ArrayBuffer>;

const byteFaults: readonly ByteFault[] = [flipBit, writeInteger, cutOff, leaveOut, repeat, writeDigits, writeInteger];

function flipBit(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = place(random, bytes);
  return Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ (1 << randomInteger(random, 0, 7)) : byte));
}

function writeInteger(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const width = pickOne(random, [1, 2, 4, 8]);
  const mutated = Uint8Array.from(bytes);
  const at = chance(random, 0.5) ? place(random, bytes) : Math.floor(place(random, bytes) / width) * width;
  if (at + width > mutated.length) return mutated;
  const value = new DataView(new ArrayBuffer(8));
  value.setBigUint64(0, BigInt(Math.trunc(pickOne(random, numbers))), chance(random, 0.8));
  mutated.set(new Uint8Array(value.buffer, 0, width), at);
  return mutated;
}

function cutOff(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes.subarray(0, place(random, bytes)));
}

function leaveOut(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const from = place(random, bytes);
  const length = randomInteger(random, 1, 16);
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]));
}

function repeat(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const from = place(random, bytes);
  const piece = bytes.subarray(from, from + randomInteger(random, 1, 64));
  const times = pickOne(random, [1, 2, 100]);
  const copies = Array.from({ length: times }, () => piece);
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, from), ...copies, bytes.subarray(from)]));
}

/** Puts another number where one is written out. */
function writeDigits(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(bytes).toString('latin1');
  const found = [...text.slice(0, 10_000).matchAll(/\d+/g)];
  if (found.length === 0) return Uint8Array.from(bytes);
  const { index, 0: digits } = pickOne(random, found);
  const other = String(pickOne(random, numbers));
  return Uint8Array.from(Buffer.from(text.slice(0, index) + other + text.slice(index + digits.length), 'latin1'));
}

/** Text with faults: of its bytes, or odd pieces put in. */
export function mutateText(random: Random, text: string): string {
  if (chance(random, 0.3)) return Buffer.from(mutateBytes(random, Buffer.from(text))).toString('utf8');
  let mutated = text;
  for (let i = faults(random); i > 0; i--) {
    const at = randomInteger(random, 0, mutated.length);
    const added = chance(random, 0.5) ? pickOne(random, texts) : String(pickOne(random, oddNumbers));
    mutated = mutated.slice(0, at) + added + mutated.slice(at + randomInteger(random, 0, 3));
  }
  return mutated;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON text of a value in which a few places hold something else, are missing, or are named otherwise. */
export function mutateJson(random: Random, value: unknown): string {
  let mutated = JSON.parse(JSON.stringify(value)) as Json;
  for (let i = faults(random); i > 0; i--) mutated = mutateNode(random, mutated);
  const text = JSON.stringify(mutated);
  return chance(random, 0.1) ? mutateText(random, text) : text;
}

function mutateNode(random: Random, node: Json): Json {
  const isDeep = typeof node === 'object' && node !== null && Object.keys(node).length > 0;
  if (!isDeep || chance(random, 0.1)) return chance(random, 0.3) ? node : odd(random);
  if (Array.isArray(node)) return mutateList(random, node);
  return mutateRecord(random, Object.entries(node));
}

function mutateList(random: Random, list: readonly Json[]): Json {
  const at = randomInteger(random, 0, list.length - 1);
  const item = list[at] ?? null;
  const kind = randomInteger(random, 0, 5);
  if (kind < 3) return list.with(at, mutateNode(random, item));
  return list.toSpliced(at, 1, ...(kind === 3 ? [] : kind === 4 ? [item, item] : [item, odd(random)]));
}

function mutateRecord(random: Random, entries: readonly (readonly [string, Json])[]): Json {
  const at = randomInteger(random, 0, entries.length - 1);
  const [key = '', value = null] = entries[at] ?? [];
  return Object.fromEntries(entries.toSpliced(at, 1, ...mutateEntry(random, key, value, entries)));
}

function mutateEntry(
  random: Random,
  key: string,
  value: Json,
  entries: readonly (readonly [string, Json])[],
): readonly (readonly [string, Json])[] {
  switch (randomInteger(random, 0, 8)) {
    case 0:
      return [];
    case 1:
      return [[key, odd(random)]];
    case 2:
      return [[key, pickOne(random, entries)[1]]];
    case 3:
      return [[pickOne(random, texts), value]];
    case 4:
      return [
        [key, value],
        [pickOne(random, texts), odd(random)],
      ];
    default:
      return [[key, mutateNode(random, value)]];
  }
}

/** A value that few expect. */
function odd(random: Random): Json {
  const kind = randomInteger(random, 0, 9);
  if (kind < 4) return pickOne(random, oddNumbers);
  if (kind < 6) return pickOne(random, texts);
  if (kind === 6) return nested(pickOne(random, [3, 99, 150, 3000]));
  return pickOne<Json>(random, [null, true, false, [], {}, [[]], { a: 1 }, [1, 'a', null]]);
}

function nested(depth: number): Json {
  let value: Json = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
