/**
 * Where a replay keeps what only it needs: temporaries share memory as soon as their last reader is
 * done.
 */
import { allocate, LINE, Storage } from "../backend/storage.js";
import { allOperands, type Command, mapOperands } from "../backend/plan.js";

/** From the first command that uses a storage to the last. */
interface Life {
  readonly from: number;
  to: number;
}

function lives(
  commands: readonly Command[],
  temporaries: ReadonlySet<Storage>,
): Map<Storage, Life> {
  const map = new Map<Storage, Life>();
  for (const [i, command] of commands.entries()) {
    for (const { storage } of allOperands(command)) {
      if (!temporaries.has(storage)) continue;
      const life = map.get(storage);
      if (life === undefined) map.set(storage, { from: i, to: i });
      else life.to = i;
    }
  }
  return map;
}

/**
 * Inputs that an elementwise command may write over, if it is their last reader: they lie in memory
 * as its output does.
 */
function overwritable({ kernel, args }: Command): Storage[] {
  if (kernel !== "unary" && kernel !== "binary") return [];
  const inputs = [
    { x: args.a, strides: args.aStrides },
    ...(kernel === "binary" ? [{ x: args.b, strides: args.bStrides }] : []),
  ];
  const alike = ({ x, strides }: (typeof inputs)[number]) =>
    x.storage.length === args.out.storage.length &&
    x.offset === args.out.offset &&
    strides.every((stride, d) => stride === args.outStrides[d]);
  return inputs
    .map(({ x }) => x.storage)
    .filter((storage) => inputs.every((input) => input.x.storage !== storage || alike(input)));
}

const rounded = (words: number): number => (words + LINE - 1) & -LINE;

/** Runs of free words, by where they begin; the space grows at its end. */
class Space {
  private free: { at: number; words: number }[] = [];
  /** the most words that were ever in use at once, gaps included */
  size = 0;

  /** The smallest run that holds `words`, or new words at the end. */
  take(words: number): number {
    let best = -1;
    for (const [i, run] of this.free.entries())
      if (run.words >= words && (best < 0 || run.words < this.free[best].words)) best = i;
    if (best >= 0) {
      const run = this.free[best];
      const { at } = run;
      if (run.words === words) this.free.splice(best, 1);
      else this.free[best] = { at: at + words, words: run.words - words };
      return at;
    }
    const last = this.free.at(-1);
    const atEnd = last !== undefined && last.at + last.words === this.size;
    if (atEnd) this.free.pop(); // too small: it grows
    const at = atEnd ? last.at : this.size;
    this.size = at + words;
    return at;
  }

  give(at: number, words: number): void {
    const i = this.free.findIndex((run) => run.at > at);
    this.free.splice(i < 0 ? this.free.length : i, 0, { at, words });
    this.free = this.free.reduce<typeof this.free>((runs, run) => {
      const before = runs.at(-1);
      if (before !== undefined && before.at + before.words === run.at)
        runs[runs.length - 1] = { at: before.at, words: before.words + run.words };
      else runs.push(run);
      return runs;
    }, []);
  }
}

/**
 * The same commands with their temporaries in one piece of memory, as small as their lives allow.
 */
export function planMemory(
  commands: readonly Command[],
  temporaries: ReadonlySet<Storage>,
): Command[] {
  const life = lives(commands, temporaries);
  const space = new Space();
  const places = new Map<Storage, number>();
  for (const [i, command] of commands.entries()) {
    const used = new Set(
      allOperands(command).flatMap(({ storage }) => (life.has(storage) ? [storage] : [])),
    );
    const ends = new Set([...used].filter((s) => life.get(s)?.to === i));
    for (const s of used) {
      if (places.has(s)) continue;
      const under = overwritable(command).find((input) => ends.has(input) && input !== s);
      if (under !== undefined) ends.delete(under);
      places.set(
        s,
        under === undefined ? space.take(rounded(s.length)) : (places.get(under) as number),
      );
    }
    for (const s of ends) space.give(places.get(s) as number, rounded(s.length));
  }
  const { slab, start } = allocate(space.size);
  const moved = new Map(
    [...places].map(([s, at]): [Storage, Storage] => [s, new Storage(slab, start + at, s.length)]),
  );
  return moveTo(moved, commands);
}

/** The same commands with some storages replaced by others. */
export const moveTo = (
  moved: ReadonlyMap<Storage, Storage>,
  commands: readonly Command[],
): Command[] =>
  commands.map((command) =>
    mapOperands(command, ({ storage, offset }) => ({
      storage: moved.get(storage) ?? storage,
      offset,
    })),
  );
