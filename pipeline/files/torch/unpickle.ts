import { UserError } from '../../errors/user-error.ts';
import { PickleMachine } from './pickle-machine.ts';
import { construct, isObject, itemsIn, type PickleValue, requireAllowed, storageOf } from './torch-pickle.ts';

type Step = (machine: PickleMachine) => void;

const stop = 0x2e;

/** Opcodes of pickle protocols 2 to 5 that plain values and tensors need. */
const steps: Readonly<Record<number, Step>> = {
  // Framing and the stack
  128: (m) => m.skip(1), // PROTO
  149: (m) => m.skip(8), // FRAME
  40: (m) => m.mark(), // MARK
  48: (m) => m.pop(), // POP
  49: (m) => m.popMark(), // POP_MARK
  50: (m) => m.push(m.top()), // DUP
  // Plain values
  78: (m) => m.push(null), // NONE
  136: (m) => m.push(true), // NEWTRUE
  137: (m) => m.push(false), // NEWFALSE
  74: (m) => m.push(m.int32()), // BININT
  75: (m) => m.push(m.byte()), // BININT1
  77: (m) => m.push(m.uint16()), // BININT2
  138: (m) => m.push(m.long(m.byte())), // LONG1
  71: (m) => m.push(m.float64()), // BINFLOAT
  88: (m) => m.push(m.text(m.uint32())), // BINUNICODE
  140: (m) => m.push(m.text(m.byte())), // SHORT_BINUNICODE
  141: (m) => m.push(m.text(m.uint64())), // BINUNICODE8
  84: (m) => m.push(m.text(m.uint32())), // BINSTRING
  85: (m) => m.push(m.text(m.byte())), // SHORT_BINSTRING
  66: (m) => m.push(m.bytes(m.uint32())), // BINBYTES
  67: (m) => m.push(m.bytes(m.byte())), // SHORT_BINBYTES
  // Containers
  41: (m) => m.tuple(0), // EMPTY_TUPLE
  133: (m) => m.tuple(1), // TUPLE1
  134: (m) => m.tuple(2), // TUPLE2
  135: (m) => m.tuple(3), // TUPLE3
  116: (m) => m.pushItems('tuple', m.popMark()), // TUPLE
  93: (m) => m.pushItems('list', []), // EMPTY_LIST
  97: (m) => m.append([m.pop()]), // APPEND
  101: (m) => m.append(m.popMark()), // APPENDS
  125: (m) => m.pushDict(), // EMPTY_DICT
  115: (m) => m.setItems([m.pop(), m.pop()].reverse()), // SETITEM
  117: (m) => m.setItems(m.popMark()), // SETITEMS
  // The memo
  113: (m) => m.remember(m.byte()), // BINPUT
  114: (m) => m.remember(m.uint32()), // LONG_BINPUT
  148: (m) => m.memoize(), // MEMOIZE
  104: (m) => m.recall(m.byte()), // BINGET
  106: (m) => m.recall(m.uint32()), // LONG_BINGET
  // Names and what is made of them, from a fixed list
  99: (m) => m.push(requireAllowed(`${m.line()}.${m.line()}`, m.path)), // GLOBAL
  105: (m) => m.push(requireAllowed(`${m.line()}.${m.line()}`, m.path)), // INST
  147: stackGlobal,
  82: reduce,
  81: (m) => m.push(storageOf(m.pop(), m.path)), // BINPERSID
  98: build,
};

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== 'string' || typeof module !== 'string') machine.fail('a name that is no text');
  machine.push(requireAllowed(`${module}.${name}`, machine.path));
}

function reduce(machine: PickleMachine): void {
  const args = machine.pop();
  machine.charge(8 * itemsIn(args));
  machine.push(construct(machine.pop(), args, machine.path));
}

/** A state dict's own attributes (its `_metadata`) are dropped; nothing else may carry a state. */
function build(machine: PickleMachine): void {
  machine.pop();
  const target = machine.top();
  if (!isObject(target) || target.kind !== 'dict') machine.fail('a state for something that takes none');
}

/**
 * Reads one pickle that holds nothing but plain values and tensors; `end` is where it stops.
 * No code of the pickle runs: names are looked up in a list, any other opcode is refused, and so is more work than a
 * state dict needs.
 * Source: CPython's Lib/pickletools.py.
 */
export function unpickle(bytes: Uint8Array, path: string, start = 0): { value: PickleValue; end: number } {
  const machine = new PickleMachine(bytes, path, start);
  for (;;) {
    machine.charge(1);
    const opcode = machine.byte();
    if (opcode === stop) return { value: machine.pop(), end: machine.at };
    const step = steps[opcode];
    if (!step) {
      throw new UserError(`unsupported pickle opcode 0x${opcode.toString(16)} at byte ${machine.at - 1} (${path})`);
    }
    step(machine);
  }
}
