/**
 * Run by fuzz.test.ts in a process of its own: `native.ts CALLS SEED`. Every entry of the addon
 * with any numbers, buffers of any kind, arrays that strike back: only exceptions of the border may
 * come.
 */
import fc from "fast-check";
import { KERNEL_NAMES, type KernelName, rowOf, Visitor } from "../../lib/backend/kernel-table.js";
import { MAX_OPERANDS } from "../../lib/backend/native/marshal.js";
import { binding } from "../backend/native-binding.js";

const [calls, seed] = process.argv.slice(2).map(Number);

const small = fc.integer({ min: 0, max: 9 });
const word = fc.oneof(
  { weight: 12, arbitrary: small },
  { weight: 2, arbitrary: fc.integer({ min: -9, max: 300 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-1, 64, 2 ** 15, 2 ** 16, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)),
  },
);

function detached(): ArrayBuffer {
  const gone = new ArrayBuffer(64);
  structuredClone(gone, { transfer: [gone] });
  return gone;
}
function shrunk(): ArrayBuffer {
  const buffer = Reflect.construct(ArrayBuffer, [4096, { maxByteLength: 4096 }]) as ArrayBuffer & {
    resize(bytes: number): void;
  };
  buffer.resize(8);
  return buffer;
}
function lost(): Int32Array {
  const array = new Int32Array(64);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}
const anything = fc
  .constantFrom<(() => unknown)[]>(
    () => undefined,
    () => null,
    () => 1,
    () => -1,
    () => Number.NaN,
    () => 2 ** 40,
    () => 1.5,
    () => 5n,
    () => "x",
    () => Symbol("s"),
    () => ({}),
    () => [],
    () => new Float32Array(64),
    () => new SharedArrayBuffer(64),
    detached,
    shrunk,
    () => new DataView(new ArrayBuffer(8)),
    lost,
    () => new Proxy([], {}),
    () => strike,
    () => new Uint8Array(3).buffer,
  )
  .map((make) => make());
const strike = () => {
  throw new Error("struck");
};

const buffer = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(256, 1024, 1000, 4096).map((words) => new ArrayBuffer(words * 4)),
  },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3, 7).map((bytes) => new ArrayBuffer(bytes)) },
  { weight: 1, arbitrary: anything },
);

/** Where a row of the kernel table shows dimensions, by the position of the word before them. */
class Lists extends Visitor {
  readonly at: number[] = [];
  #word = MAX_OPERANDS;

  readonly #one = () => void this.#word++;
  override size = this.#one;
  override whole = this.#one;
  override real = this.#one;
  override flag = this.#one;
  override choice = this.#one;
  override readStrided(): void {
    this.shape();
  }
  override writeStrided(): void {
    this.shape();
  }
  override shape(): void {
    this.at.push(this.#word);
    this.#word += 9;
  }
}
function listsOf(kernel: KernelName): readonly number[] {
  const lists = new Lists();
  rowOf(kernel)(lists, {});
  return lists.at;
}
const LISTS = KERNEL_NAMES.map(listsOf);

/** The words with the same number of dimensions in all lists: else hardly a call is accepted. */
function agreed(kernel: unknown, words: number[], rank: number): number[] {
  const out = [...words];
  if (typeof kernel === "number") for (const at of LISTS[kernel] ?? []) out[at] = rank;
  return out;
}
const rank = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 8 }) },
  { weight: 1, arbitrary: word },
);

const count = { accepted: 0, refused: 0 };
/** One call: an answer, or an error of the border. */
function call(make: () => unknown): void {
  try {
    make();
    count.accepted++;
  } catch (error) {
    if (
      (error as { code?: string }).code !== "ERR_MM_BOUNDS" &&
      (error as Error).message !== "struck"
    )
      throw error;
    count.refused++;
  }
}

/**
 * Strides of 0 let a product be as long as it likes with two words of memory: legal, but not here.
 */
function notForever(kernel: unknown, control: { [k: number]: number }, at = 0): void {
  const k = at + MAX_OPERANDS + 2;
  if (kernel === KERNEL_NAMES.indexOf("gemm") && control[k] > 1000) control[k] = 1000;
}

const run = fc.property(
  fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: -1, max: KERNEL_NAMES.length }) },
    { weight: 1, arbitrary: anything },
  ),
  fc.array(word, { minLength: 64, maxLength: 64 }),
  fc.option(rank),
  fc.array(buffer, { minLength: 0, maxLength: 10 }),
  fc.boolean(),
  (id, words, rank, buffers, same) => {
    binding.control.set(rank === null ? words : agreed(id, words, rank));
    notForever(id, binding.control);
    const shared = buffers[0];
    call(() => {
      const position = binding.run(
        id as number,
        ...((same ? buffers.map(() => shared) : buffers) as [ArrayBuffer]),
      );
      if (!Number.isInteger(position) || position < -2) throw new Error(`returned ${position}`);
    });
  },
);

/** A command that fills words of the first buffer, or any words. */
const row = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(small, small)
      .map(([from, n]) => [
        KERNEL_NAMES.indexOf("fill"),
        0,
        ...new Array<number>(MAX_OPERANDS - 1).fill(-1),
        from,
        ...new Array<number>(MAX_OPERANDS - 1).fill(0),
        n,
        1,
        ...new Array<number>(64 - MAX_OPERANDS - 2).fill(0),
      ]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.integer({ min: -1, max: KERNEL_NAMES.length }),
        fc.array(fc.integer({ min: -1, max: 3 }), {
          minLength: MAX_OPERANDS,
          maxLength: MAX_OPERANDS,
        }),
        fc.array(word, { minLength: 64, maxLength: 64 }),
      )
      .map(([k, at, words]) => [k, ...at, ...words]),
  },
);
const transfers = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), small, small), { maxLength: 2 })
  .map((rows) => Int32Array.from(rows.flat()));
const rarely = (good: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 15, arbitrary: good }, { weight: 1, arbitrary: anything });

/** The list with an element that detaches the first buffer, or throws, when it is read. */
function trapped(list: unknown[], trap: number): unknown[] {
  if (trap > 2) return list;
  const out = [...list];
  Object.defineProperty(out, out.length - 1, {
    get() {
      const [first] = list;
      if (trap === 0) strike();
      if (trap === 1 && first instanceof ArrayBuffer && first.byteLength > 0)
        structuredClone(first, { transfer: [first] });
      if (trap === 2) binding.run(KERNEL_NAMES.indexOf("fill"), new ArrayBuffer(64));
      return list[list.length - 1];
    },
  });
  return out;
}

const plan = fc.property(
  rarely(
    fc.array(row, { maxLength: 4 }).map((rows) => {
      for (const r of rows) notForever(r[0], r, 1 + MAX_OPERANDS);
      return Int32Array.from(rows.flat());
    }),
  ),
  rarely(transfers),
  rarely(transfers),
  fc.array(buffer, { minLength: 1, maxLength: 3 }),
  fc.nat({ max: 20 }),
  fc.nat({ max: 20 }),
  rarely(fc.integer({ min: 0, max: 3 })),
  rarely(fc.constant(0).map(() => new Int32Array(64))),
  rarely(fc.constant(0).map(() => new Int32Array(64))),
  rarely(fc.constant("the plan")),
  (commands, feeds, fetches, buffers, trapMaking, trapRunning, steps, fed, fetched, which) => {
    let made: unknown;
    call(() => {
      made = binding.createPlan(
        commands as Int32Array,
        feeds as Int32Array,
        fetches as Int32Array,
        trapped(buffers, trapMaking) as ArrayBuffer[],
      );
    });
    call(() =>
      binding.runPlan(
        (which === "the plan" ? made : which) as object,
        trapped(buffers, trapRunning) as ArrayBuffer[],
        steps as number,
        fed as Int32Array,
        fetched as Int32Array,
      ),
    );
  },
);

const others = fc.property(
  fc.constantFrom("settle", "setThreads", "fmaPeak", "isa", "threads", "supportedIsas"),
  fc.array(fc.oneof(anything, buffer, small), { maxLength: 3 }),
  (name, args) => {
    call(() => (binding[name as "settle"] as (...args: unknown[]) => unknown)(...args));
  },
);

for (const [property, share] of [
  [run, 0.8],
  [plan, 0.09],
  [others, 0.02],
] as const)
  fc.assert(property as fc.IProperty<unknown[]>, {
    numRuns: Math.ceil(calls * share),
    seed,
    verbose: true,
  });
console.log(JSON.stringify({ calls: count.accepted + count.refused, ...count }));
