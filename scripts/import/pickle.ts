/**
 * Python's pickle format, as far as PyTorch checkpoints use it. A pickle is a program that may name
 * any function; this reader runs none of them: it knows a few names, each of which makes a plain
 * value, and refuses all others.
 * @see CPython, Lib/pickletools.py (opcodes).
 */
import { PickleReader } from "./pickle_reader.ts";

/** Values that stand for what a pickle constructs. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | object;

/** A name that a pickle may use, and what a call of it gives. */
export interface PickleGlobal {
  /** `module.name`. */
  name: string;
  call?: (args: PickleValue[]) => PickleValue;
}

/** What a pickle may refer to. */
export interface PickleContext {
  /** By `module.name`. */
  globals: ReadonlyMap<string, PickleGlobal>;
  /** Finds what lies outside of the pickle. */
  persistentLoad: (id: PickleValue) => PickleValue;
}

/** A pickle that was read, and where it ends. */
export interface Unpickled {
  value: PickleValue;
  end: number;
}

/** Marks where the items of a tuple, list or dictionary begin. */
const MARK = Symbol("mark");

/** Operations of a pickle; those of a checkpoint take some thousands. */
const MOST_OPERATIONS = 1e6;

type StackItem = PickleValue | typeof MARK;

/**
 * Reads one pickle.
 * @param options.start Where it begins.
 * @throws {SyntaxError} When it is cut off, has a million operations, is no pickle of protocol 2 or so, or names a global that
 * the context does not know.
 */
export function unpickle(
  bytes: Uint8Array,
  { start = 0, ...context }: PickleContext & { start?: number },
): Unpickled {
  const machine = new Machine(new PickleReader(bytes, start), context);
  return machine.run();
}

class Machine {
  readonly reader: PickleReader;
  readonly #context: PickleContext;
  readonly #stack: StackItem[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #operations = 0;

  constructor(reader: PickleReader, context: PickleContext) {
    this.reader = reader;
    this.#context = context;
  }

  run(): Unpickled {
    for (;;) {
      this.#spend(1);
      const opcode = this.reader.byte();
      if (opcode === STOP) return { value: this.pop(), end: this.reader.at };
      const operation = OPERATIONS[opcode];
      if (!operation) {
        const got = `0x${opcode.toString(16).padStart(2, "0")} at ${this.reader.at - 1}`;
        throw new SyntaxError(`Cannot read pickle: must have known opcodes alone, got ${got}`);
      }
      operation(this);
    }
  }

  push(item: StackItem): void {
    this.#stack.push(item);
  }

  #spend(operations: number): void {
    this.#operations += operations;
    if (this.#operations >= MOST_OPERATIONS) {
      refuse(`it must have fewer than ${MOST_OPERATIONS} operations`);
    }
  }

  pop(): PickleValue {
    const item = this.#stack.pop();
    if (item === undefined || item === MARK) refuse("its stack must not run empty");
    return item as PickleValue;
  }

  top(): PickleValue {
    const item = this.#stack.at(-1);
    if (item === undefined || item === MARK) refuse("its stack must not run empty");
    return item as PickleValue;
  }

  popToMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) refuse("items must follow a mark");
    return (this.#stack.splice(mark) as PickleValue[]).slice(1);
  }

  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  memoize(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) refuse(`value ${index} must have been remembered`);
    this.push(this.#memo.get(index)!);
  }

  global(module: string, name: string): void {
    const known = this.#context.globals.get(`${module}.${name}`);
    if (!known) refuse(`it may name nothing but tensors and dictionaries, got ${module}.${name}`);
    this.push(known);
  }

  persistent(): void {
    this.push(this.#context.persistentLoad(this.pop()));
  }

  call(): void {
    const [called, args] = this.popMany(2);
    const { call, name } = Object(called) as Partial<PickleGlobal>;
    if (!call || !Array.isArray(args)) refuse(`only a function can be called, got ${name}`);
    // A remembered list can be handed over again and again.
    for (const argument of args) if (Array.isArray(argument)) this.#spend(argument.length);
    this.push(call(args));
  }

  /** State of an object: that of a dictionary is its attributes, which hold no tensors. */
  build(): void {
    this.pop();
    if (!(this.top() instanceof Map)) refuse("only a dictionary may have a state");
  }

  addItems(items: PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2 !== 0) refuse("items must go to a dictionary");
    for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
  }

  append(items: PickleValue[]): void {
    const target = this.top();
    if (!Array.isArray(target)) refuse("items must go to a list");
    target.push(...items);
  }
}

const STOP = 0x2e;

/** What each opcode does; those of protocols 0 and 1 that PyTorch never writes are left out. */
const OPERATIONS: Record<number, (machine: Machine) => void> = {
  0x80: ({ reader }) => void reader.byte(), // PROTO
  0x95: ({ reader }) => void reader.take(8), // FRAME
  0x28: (machine) => machine.push(MARK),
  0x30: (machine) => void machine.pop(),
  0x4e: (machine) => machine.push(null),
  0x88: (machine) => machine.push(true),
  0x89: (machine) => machine.push(false),
  0x4a: (machine) => machine.push(machine.reader.int32()), // BININT
  0x4b: (machine) => machine.push(machine.reader.uint(1)),
  0x4d: (machine) => machine.push(machine.reader.uint(2)),
  0x8a: (machine) => machine.push(machine.reader.long(machine.reader.uint(1))), // LONG1
  0x47: (machine) => machine.push(machine.reader.float64()), // BINFLOAT
  0x55: (machine) => machine.push(machine.reader.text(machine.reader.uint(1))), // SHORT_BINSTRING
  0x54: (machine) => machine.push(machine.reader.text(machine.reader.uint(4))), // BINSTRING
  0x58: (machine) => machine.push(machine.reader.text(machine.reader.uint(4))), // BINUNICODE
  0x8c: (machine) => machine.push(machine.reader.text(machine.reader.uint(1))),
  0x43: (machine) => machine.push(machine.reader.take(machine.reader.uint(1))), // SHORT_BINBYTES
  0x5d: (machine) => machine.push([]),
  0x61: (machine) => machine.append([machine.pop()]),
  0x65: (machine) => machine.append(machine.popToMark()),
  0x29: (machine) => machine.push([]), // EMPTY_TUPLE
  0x85: (machine) => machine.push(machine.popMany(1)),
  0x86: (machine) => machine.push(machine.popMany(2)),
  0x87: (machine) => machine.push(machine.popMany(3)),
  0x74: (machine) => machine.push(machine.popToMark()),
  0x7d: (machine) => machine.push(new Map()),
  0x73: (machine) => machine.addItems(machine.popMany(2)),
  0x75: (machine) => machine.addItems(machine.popToMark()),
  0x71: (machine) => machine.memoize(machine.reader.uint(1)), // BINPUT
  0x72: (machine) => machine.memoize(machine.reader.uint(4)),
  0x94: (machine) => machine.memoize(),
  0x68: (machine) => machine.recall(machine.reader.uint(1)), // BINGET
  0x6a: (machine) => machine.recall(machine.reader.uint(4)),
  0x63: (machine) => machine.global(machine.reader.line(), machine.reader.line()),
  0x93: (machine) => machine.global(...machine.popMany(2).map(String) as [string, string]),
  0x51: (machine) => machine.persistent(), // BINPERSID
  0x52: (machine) => machine.call(), // REDUCE
  0x62: (machine) => machine.build(),
};

function refuse(rule: string): never {
  throw new SyntaxError(`Cannot read pickle: ${rule}`);
}
