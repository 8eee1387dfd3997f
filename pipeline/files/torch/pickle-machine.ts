import { UserError } from '../../errors/user-error.ts';
import { isObject, type PickleValue } from './torch-pickle.ts';

/**
 * Cells that a pickle may fill: about 16 bytes, or a few nanoseconds, each. A state dict of 100,000 tensors takes 10
 * million; a small pickle that repeats what it remembers could otherwise ask for any amount of work.
 */
const maxCells = 1 << 24;
/** Cells of an object besides its items, and of an item of a dict. */
const objectCells = 4;
const dictCells = 12;
const entryCells = 6;

/** The state of a pickle being read: the bytes and the place in them, the stack, its marks and the memo. */
export class PickleMachine {
  at: number;
  stack: PickleValue[] = [];
  readonly path: string;
  private readonly marks: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();
  private readonly view: DataView;
  private cells = 0;

  constructor(bytes: Uint8Array, path: string, start: number) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.path = path;
    this.at = start;
  }

  fail(what: string): never {
    throw new UserError(`malformed pickle: ${what} at byte ${this.at} (${this.path})`);
  }

  /** Counts work or memory. Throws UserError when the pickle has asked for more than any state dict needs. */
  charge(cells: number): void {
    this.cells += cells;
    if (this.cells > maxCells) this.fail(`over ${maxCells} cells of work`);
  }

  /** Moves past `count` bytes and gives where they began. */
  skip(count: number): number {
    const from = this.at;
    if (count > this.view.byteLength - from) this.fail('truncated');
    this.at += count;
    return from;
  }

  byte(): number {
    return this.view.getUint8(this.skip(1));
  }
  uint16(): number {
    return this.view.getUint16(this.skip(2), true);
  }
  int32(): number {
    return this.view.getInt32(this.skip(4), true);
  }
  uint32(): number {
    return this.view.getUint32(this.skip(4), true);
  }
  uint64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }
  float64(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  bytes(count: number): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.skip(count), count);
  }

  text(count: number): string {
    this.charge(count / 8);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes(count));
  }

  line(): string {
    const from = this.at;
    while (this.byte() !== 10);
    this.charge(this.at - from);
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.view.byteOffset + from, this.at - 1 - from));
  }

  /** A two's-complement integer of any length; one that is no safe integer stays a bigint. */
  long(count: number): number | bigint {
    this.charge(count);
    const hex = [...this.bytes(count)]
      .reverse()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
    const value = count === 0 ? 0n : BigInt.asIntN(count * 8, BigInt(`0x${hex}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  push(value: PickleValue): void {
    this.charge(1);
    this.stack.push(value);
  }

  pushItems(kind: 'tuple' | 'list', items: PickleValue[]): void {
    this.charge(objectCells + items.length);
    this.push({ kind, items });
  }

  pushDict(): void {
    this.charge(dictCells);
    this.push({ kind: 'dict', entries: new Map() });
  }

  pop(): PickleValue {
    if (this.stack.length === 0) this.fail('empty stack');
    return this.stack.pop() ?? null;
  }

  top(): PickleValue {
    return this.stack.at(-1) ?? null;
  }

  mark(): void {
    this.charge(objectCells);
    this.marks.push(this.stack);
    this.stack = [];
  }

  popMark(): PickleValue[] {
    const items = this.stack;
    this.stack = this.marks.pop() ?? this.fail('no mark');
    return items;
  }

  remember(index: number): void {
    this.charge(entryCells);
    this.memo.set(index, this.top());
  }

  memoize(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    this.push(value === undefined ? this.fail(`nothing remembered as ${index}`) : value);
  }

  tuple(count: number): void {
    this.pushItems('tuple', Array.from({ length: count }, () => this.pop()).reverse());
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!isObject(list) || list.kind !== 'list') this.fail('no list to append to');
    this.charge(items.length);
    for (const item of items) list.items.push(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!isObject(dict) || dict.kind !== 'dict') this.fail('no dict to set in');
    this.charge((items.length / 2) * entryCells);
    for (let i = 0; i + 1 < items.length; i += 2) dict.entries.set(items[i] ?? null, items[i + 1] ?? null);
  }
}
