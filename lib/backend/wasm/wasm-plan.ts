/**
 * Plans of the WebAssembly backend. Each has an instance of its own, which goes with it when the
 * garbage collector finds that nobody holds the plan: what the plan uses lies in its memory, and
 * only what others may have changed or may look at is copied in before a run and out after it.
 */
import { BackendError } from "../../errors.js";
import { KERNEL_NAMES, rowOf, Visitor } from "../kernel-table.js";
import type { Operand } from "../kernels.js";
import { Marshal } from "../native/marshal.js";
import { type Command, operandsOf, type Plan, type Transfer } from "../plan.js";
import type { Storage } from "../storage.js";
import { CONTROL_WORDS, type Instance, type Place } from "./instance.js";

/** Words of a slab that the plan uses, in one piece; storages that share words share a region. */
interface Region {
  readonly slab: Storage["slab"];
  readonly start: number;
  end: number;
  /** its first word in the memory of the instance */
  at: number;
  /** a step may see what it held before, or leaves some of it: it is copied in */
  comesIn: boolean;
  /** it is copied out */
  goesOut: boolean;
  /** the number of the command that first writes all of it; -1: it is a feed; undefined: none */
  writtenBy?: number;
}

class Regions {
  readonly all: Region[] = [];
  readonly #of = new Map<Storage, Region>();

  constructor(instance: Instance, operands: readonly Operand[]) {
    const storages = [...new Set(operands.map(({ storage }) => storage))];
    for (const storage of storages.sort((a, b) => a.start - b.start)) {
      const { slab, start, length } = storage;
      let region = this.all.findLast((other) => other.slab === slab);
      if (region === undefined || start >= region.end) {
        region = { slab, start, end: start, at: 0, comesIn: false, goesOut: false };
        this.all.push(region);
      }
      region.end = Math.max(region.end, start + length);
      this.#of.set(storage, region);
    }
    for (const region of this.all) region.at = instance.take(region.end - region.start).at;
  }

  /** The word where an operand begins. */
  placeOf({ storage, offset }: Operand): number {
    const { at, start } = this.#of.get(storage) as Region;
    return at + storage.start - start + offset;
  }

  read({ storage }: Operand): void {
    const region = this.#of.get(storage) as Region;
    if (region.writtenBy === undefined) region.comesIn = true;
  }

  /** Command `by` writes `words` from the operand on; undefined: some of its storage. */
  write({ storage, offset }: Operand, by: number, words?: number): void {
    const region = this.#of.get(storage) as Region;
    const whole = offset === 0 && words === region.end - region.start;
    if (whole) region.writtenBy ??= by;
    else if (region.writtenBy === undefined) region.comesIn = true;
    region.goesOut = true;
  }
}

/** Tells the regions what a command writes, once it is known what it reads. */
class Writes extends Visitor {
  command = 0;

  constructor(private readonly regions: Regions) {
    super();
  }

  override write(x: Operand | null, words: number): void {
    if (x !== null) this.regions.write(x, this.command, words);
  }

  override writeStrided(x: Operand): void {
    this.regions.write(x, this.command);
  }
}

class PlanMarshal extends Marshal {
  constructor(
    control: Int32Array,
    private readonly regions: Regions,
  ) {
    super(control);
  }

  protected override operand(x: Operand | null): void {
    this.control[this.count++] = x === null ? -1 : this.regions.placeOf(x);
  }
}

const operandOf = ({ operand }: Transfer): Operand => operand;
const totalWords = (list: readonly Transfer[]): number =>
  list.reduce((sum, { words }) => sum + words, 0);

export function wasmPlan(
  instance: Instance,
  commands: readonly Command[],
  feeds: readonly Transfer[],
  fetches: readonly Transfer[],
): Plan {
  const used = commands.map(operandsOf);
  const regions = new Regions(instance, [
    ...used.flatMap(({ reads, writes }) => [...reads, ...writes]),
    ...[...feeds, ...fetches].map(operandOf),
  ]);
  for (const { operand, words } of feeds) regions.write(operand, -1, words);
  const writes = new Writes(regions);
  for (const [i, { kernel, args }] of commands.entries()) {
    for (const operand of used[i].reads) regions.read(operand);
    writes.command = i;
    rowOf(kernel)(writes, args);
  }
  for (const { operand } of fetches) regions.read(operand);

  const control = new Int32Array(CONTROL_WORDS);
  const marshal = new PlanMarshal(control, regions);
  const rows = commands.flatMap(({ kernel, args }) => {
    control.fill(0);
    marshal.begin();
    rowOf(kernel)(marshal, args);
    return [KERNEL_NAMES.indexOf(kernel), ...control];
  });
  const transfers = (list: readonly Transfer[]): Place =>
    instance.put(list.flatMap(({ operand, words }) => [regions.placeOf(operand), words]));
  const [rowsPlace, feedsPlace, fetchesPlace] = [
    instance.put(rows),
    transfers(feeds),
    transfers(fetches),
  ];
  const { exports } = instance;
  const plan = exports.createPlan(
    4 * rowsPlace.at,
    commands.length,
    4 * feedsPlace.at,
    feeds.length,
    4 * fetchesPlace.at,
    fetches.length,
  );
  if (plan === 0) throw new BackendError(`wasm backend: ${instance.text(exports.mistakeText())}`);
  for (const place of [rowsPlace, feedsPlace, fetchesPlace]) instance.give(place);

  const [feedWords, fetchWords] = [totalWords(feeds), totalWords(fetches)];
  const failure = instance.take(3);
  let fedPlace: Place | undefined;
  let fetchedPlace: Place | undefined;
  return {
    run(steps, fed, fetched) {
      fedPlace = instance.room(fedPlace, steps * feedWords);
      fetchedPlace = instance.room(fetchedPlace, steps * fetchWords);
      const { words } = instance;
      for (const { slab, start, end, at, comesIn } of regions.all)
        if (comesIn) words.set(slab.i32.subarray(start, end), at);
      words.set(fed.subarray(0, steps * feedWords), fedPlace.at);
      const failed = exports.runPlan(
        plan,
        steps,
        4 * fedPlace.at,
        4 * fetchedPlace.at,
        4 * failure.at,
      );
      const after = instance.words; // scratch may have made the memory grow
      const [step, command, position] = after.subarray(failure.at, failure.at + 3);
      const isFirst = failed !== 0 && step === 0;
      for (const { slab, start, end, at, comesIn, goesOut, writtenBy = -1 } of regions.all) {
        // Where the first step ends early, what comes after holds nothing yet.
        if (goesOut && (comesIn || !isFirst || writtenBy < command))
          slab.i32.set(after.subarray(at, at + end - start), start);
      }
      const { at } = fetchedPlace;
      fetched.set(after.subarray(at, at + steps * fetchWords));
      return failed === 0 ? undefined : { step, command, position };
    },
  };
}
