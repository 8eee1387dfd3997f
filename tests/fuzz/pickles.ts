import { pickOne, type Random, randomInteger } from '../../pipeline/numbers/seeded-random.ts';
import { chance } from './mutate.ts';

const text = (value: string): string => `X${int32(value.length)}${value}`;
const int32 = (value: number): string => Buffer.from(Int32Array.of(value).buffer).toString('latin1');
const int64 = (value: bigint): string => Buffer.from(BigInt64Array.of(value).buffer).toString('latin1');
const global = (module: string, name: string): string => `c${module}\n${name}\n`;

const storage = `(${text('storage')}${global('torch', 'FloatStorage')}${text('0')}${text('cpu')}K\x10tQ`;
const tensor = `${global('torch._utils', '_rebuild_tensor_v2')}(${storage}K\x00K\x04K\x04\x86K\x04K\x01\x86t`;

/** Opcodes with their arguments, and the idioms of a state dict. */
const words: readonly string[] = [
  '(',
  ')',
  '}',
  ']',
  'N',
  '\x88',
  '\x89',
  't',
  '\x85',
  '\x86',
  '\x87',
  'a',
  'e',
  's',
  'u',
  '0',
  '1',
  '2',
  'b',
  'R',
  'Q',
  'K\x00',
  'K\x01',
  'K\xff',
  'M\xff\xff',
  'h\x00',
  'h\x01',
  'q\x00',
  'q\x01',
  '\x94',
  'r\x00\x00\x01\x00',
  'j\x00\x00\x01\x00',
  `J${int32(-1)}`,
  `J${int32(2 ** 31 - 1)}`,
  '\x8a\x00',
  `\x8a\x08${int64(2n ** 62n)}`,
  `\x8a\xff${'\x7f'.repeat(255)}`,
  'G\x7f\xf0\x00\x00\x00\x00\x00\x00',
  text(''),
  text('a'),
  text('W_enc'),
  '\x8c\x01b',
  `X${int32(2 ** 31 - 1)}`,
  `\x8d${int64(2n ** 62n)}`,
  `B${int32(4)}abcd`,
  '\x93',
  '\x95\x00\x00\x00\x00\x00\x00\x00\x00',
  '\x80\x02',
  storage,
  tensor,
  `${tensor}R`,
  `}${text('a')}${tensor}Rs`,
  `](${'K\x01K\x02\x86'.repeat(50)}eq\x00`,
  global('collections', 'OrderedDict'),
  `${global('collections', 'OrderedDict')})R`,
  `${global('collections', 'OrderedDict')}h\x00\x85R0`,
  global('torch._utils', '_rebuild_parameter'),
  global('torch', 'HalfStorage'),
  global('os', 'system'),
  '.',
  '\xee',
];

/** A pickle of opcodes in any order, some sequences of them again and again; half of them end in a state dict. */
export function randomPickle(random: Random): Uint8Array {
  let body = '';
  for (let i = randomInteger(random, 0, 12); i > 0; i--) body += phrase(random);
  const end = chance(random, 0.5) ? `}(${text('W_enc')}${tensor}R${text('b')}${phrase(random)}u.` : '.';
  return Buffer.from(`\x80\x02${body}${end}`, 'latin1');
}

function phrase(random: Random): string {
  const sequence = Array.from({ length: randomInteger(random, 1, 6) }, () => pickOne(random, words)).join('');
  const times = chance(random, 0.15) ? pickOne(random, [10, 1000, 30_000]) : 1;
  return sequence.repeat(Math.min(times, Math.ceil(200_000 / sequence.length)));
}
