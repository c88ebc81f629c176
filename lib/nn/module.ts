/**
 * `torch.nn.Module`: a function with parameters. Its parameters, buffers and submodules are its
 * properties, found by a walk over them in the order of definition.
 */
import { checkBoolean, checkOptions } from "../check.js";
import { quote, ValueError } from "../errors.js";
import { noGrad, Tensor } from "../tensor/index.js";
import { sameShape, show } from "../tensor/shape.js";
import { check } from "./check.js";
import { roleOf, type Role } from "./parameter.js";

/** Tensors by the names of the properties that lead to them: "embed.weight", "layers.0.bias". */
export type StateDict = Record<string, Tensor>;

/** What `loadStateDict` left as it was, and what it left out; both empty if it was strict. */
export interface LoadResult {
  /** names of the module's that the state does not have */
  missing: string[];
  /** names of the state's that the module does not have */
  unexpected: string[];
}

/**
 * What layers and networks are made of: `class Net extends Module` with parameters
 * (`C = parameter(randn([27, 2]))`), layers (`hidden = new Linear(6, 100)`) or arrays of them as
 * properties, and `forward`.
 */
export abstract class Module {
  /** true from the start and after `train()`, false after `eval()`; layers such as Dropout ask */
  training = true;

  /** What the module computes. */
  abstract forward(...inputs: Tensor[]): Tensor;

  /** This module and all within it, each once, a module before those in it. */
  modules(): Module[] {
    const found = new Set<Module>();
    const visit = (module: Module): void => {
      if (found.has(module)) return;
      found.add(module);
      for (const [, member] of members(module)) if (member instanceof Module) visit(member);
    };
    visit(this);
    return [...found];
  }

  /** Sets `training` of all modules within, and returns this one. */
  train(mode = true): this {
    check("train", { mode });
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** `train(false)`: for evaluation and sampling. */
  eval(): this {
    return this.train(false);
  }

  /** The parameters in the order of `namedParameters`: what an optimizer takes. */
  parameters(): Tensor[] {
    return Object.values(this.namedParameters());
  }

  /**
   * Parameters by name, those of a module before those of the modules in it, each in the order of
   * definition; one that several modules share comes once, as in PyTorch.
   */
  namedParameters(): StateDict {
    const names = new Map<Tensor, string>();
    for (const [name, t, role] of allNamed(this))
      if (role === "parameter" && !names.has(t)) names.set(t, name);
    return Object.fromEntries([...names].map(([t, name]) => [name, t]));
  }

  /**
   * All that is to be saved: parameters and buffers by name, without the tape, in the module's own
   * memory. `encodeSafetensors` makes a file of it, that PyTorch reads too.
   */
  stateDict(): StateDict {
    return Object.fromEntries(allNamed(this).map(([name, t]) => [name, t.detach()]));
  }

  /**
   * Copies numbers into the parameters and buffers of the same names.
   * @param options `strict: false` leaves alone what only one side has
   * @throws ValueError that lists what is missing, unexpected or of another shape, before anything
   *   is changed
   */
  loadStateDict(
    state: Readonly<Record<string, Tensor>>,
    options?: { strict?: boolean },
  ): LoadResult {
    check("loadStateDict", { state });
    const given = { ...state };
    const { strict = true } = checkOptions("loadStateDict", options, { strict: checkBoolean });
    const own = this.stateDict();
    const missing = Object.keys(own).filter((name) => !Object.hasOwn(given, name));
    const unexpected = Object.keys(given).filter((name) => !Object.hasOwn(own, name));
    const common = Object.keys(own).filter((name) => Object.hasOwn(given, name));
    const others = common.flatMap((name) => mismatch(name, own[name], given[name]));
    const problems = [
      ...(strict ? [...list("missing", missing), ...list("unexpected", unexpected)] : []),
      ...others,
    ];
    if (problems.length > 0)
      throw new ValueError(`loadStateDict: ${this.constructor.name}: ${problems.join("; ")}`);
    noGrad(() => {
      for (const name of common) own[name].copy_(given[name]);
    });
    return { missing, unexpected };
  }
}

/** How many names a message lists. */
const MOST_LISTED = 8;

/** Names in a message, if there are any. */
function list(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const listed = names.slice(0, MOST_LISTED).map((name) => JSON.stringify(name));
  const rest = names.length - listed.length;
  return [`${what} ${listed.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}

function mismatch(name: string, own: Tensor, given: Tensor): string[] {
  const isTensor = given instanceof Tensor;
  if (isTensor && own.dtype === given.dtype && sameShape(own.shape, given.shape)) return [];
  const told = (t: Tensor) => `${t.dtype} ${show(t.shape)}`;
  const got = isTensor ? told(given) : quote(given);
  return [`${JSON.stringify(name)}: expected ${told(own)}, got ${got}`];
}

const isMember = (value: unknown): value is Tensor | Module =>
  value instanceof Tensor || value instanceof Module;

/** A module's properties that are tensors or modules; those in an array by its name and place. */
function* members(module: Module): Generator<[name: string, Tensor | Module]> {
  for (const [name, value] of Object.entries(module) as [string, unknown][]) {
    if (isMember(value)) yield [name, value];
    else if (Array.isArray(value)) yield* membersOfArray(name, value);
  }
}

/** Those in an array, and in arrays within it. */
function* membersOfArray(
  name: string,
  list: readonly unknown[],
  around: readonly unknown[] = [],
): Generator<[name: string, Tensor | Module]> {
  for (const [i, part] of list.entries()) {
    if (isMember(part)) yield [`${name}.${i}`, part];
    else if (Array.isArray(part) && part !== list && !around.includes(part))
      yield* membersOfArray(`${name}.${i}`, part, [...around, list]);
  }
}

type Named = [name: string, t: Tensor, role: Role];

/** @throws ValueError where one name would stand for two, of which one would be lost */
function allNamed(module: Module): Named[] {
  const all = [...named(module)];
  const names = new Set<string>();
  for (const [name] of all) {
    if (names.has(name))
      throw new ValueError(
        `${module.constructor.name}: two parameters or buffers have the name ` +
          `${JSON.stringify(name)}; rename a property that has a dot in its name`,
      );
    names.add(name);
  }
  return all;
}

/** All parameters and buffers: of each module its parameters, its buffers, then its modules'. */
function* named(module: Module, prefix = "", around: readonly Module[] = []): Generator<Named> {
  if (around.includes(module))
    throw new ValueError(`${module.constructor.name}: a module cannot contain itself`);
  const all = [...members(module)];
  for (const role of ["parameter", "buffer"] as const)
    for (const [name, member] of all)
      if (member instanceof Tensor && roleOf(member) === role) yield [prefix + name, member, role];
  for (const [name, member] of all) {
    if (member instanceof Module) yield* named(member, `${prefix}${name}.`, [...around, module]);
    else if (member.node === null && roleOf(member) === undefined && member.requiresGrad)
      throw new ValueError(
        `${module.constructor.name}: ${name} requires a gradient but is no parameter; make ` +
          "it one with parameter()",
      );
  }
}
