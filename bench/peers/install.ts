/**
 * Gets the peers: a virtual environment of Python, and the npm packages of package.json here. Each
 * may fail with a reason.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { reason } from "./participant.js";

const HERE = import.meta.dirname;
const VENV = resolve(HERE, "../.venv");
const PACKAGES = ["torch==2.13.0", "jax", "numpy"];

/** undefined when it went well, otherwise why not */
function run(program: string, args: readonly string[], cwd = HERE): string | undefined {
  console.error(`${program} ${args.join(" ")}`);
  const { status, error, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : `${program} ${args[0]}: ${reason(stderr)}`;
}

export interface Ready {
  /** what to start */
  readonly program: string;
  /** why that is in vain */
  readonly skip: string | undefined;
}

/** The given Python, or one of our own with PyTorch, JAX and numpy. */
export function python(given: string | undefined): Ready {
  if (given !== undefined)
    return { program: given, skip: existsSync(given) ? undefined : `${given}: no such file` };
  const program = join(VENV, "bin", "python");
  if (existsSync(join(VENV, "ready"))) return { program, skip: undefined };
  const skip =
    run("python3", ["-m", "venv", VENV]) ??
    run(program, ["-m", "pip", "install", "--quiet", ...PACKAGES]) ??
    run("touch", [join(VENV, "ready")]);
  return { program, skip };
}

/**
 * Scripts of packages are not run: js-pytorch's would fail for the want of a graphics library that
 * it does not need on the CPU.
 */
export function javascript(): Ready {
  const installed = existsSync(join(HERE, "node_modules", ".package-lock.json"));
  const skip = installed
    ? undefined
    : run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]);
  return { program: process.execPath, skip };
}
