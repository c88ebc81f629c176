/** MPI as a communicator: the package mm-train-mpi, compiled against this machine's library. */
import { join } from "node:path";
import { BackendError, UsageError } from "../errors.js";
import { packageRequire } from "../package-root.js";
import type { Communicator } from "./communicator.js";

/** What mm-train-mpi exports. */
interface Addon {
  init(): { rank: number; size: number; local: number };
  allgather(words: Int32Array, counts: Int32Array): void;
  alltoall(
    sent: Int32Array,
    sentCounts: Int32Array,
    received: Int32Array,
    receivedCounts: Int32Array,
  ): void;
  finalize(): void;
}

const NAME = "mm-train-mpi";

/** Where a launcher says that it has started a process: Open MPI, MPICH and Intel, PMIx, Slurm. */
const LAUNCHERS = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMI_RANK", "PMIX_RANK", "SLURM_STEP_ID"];

/** As a dependency beside this package, or of the project in which the command runs. */
function load(): Addon {
  try {
    return packageRequire()(NAME) as Addon;
  } catch (error) {
    if (!isMissing(error)) throw error;
    const { createRequire } = process.getBuiltinModule("node:module");
    return createRequire(join(process.cwd(), "package.json"))(NAME) as Addon;
  }
}

const isMissing = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";

/** Small lists that are the same in every step become typed arrays once. */
function typedOnce(): (counts: readonly number[]) => Int32Array {
  const known = new WeakMap<readonly number[], Int32Array>();
  return (counts) => {
    let typed = known.get(counts);
    if (typed === undefined) known.set(counts, (typed = Int32Array.from(counts)));
    return typed;
  };
}

let connected: Communicator | undefined;

/**
 * The ranks that mpirun has started. MPI begins once in a process, and ends with it.
 * @throws BackendError where mm-train-mpi is not there, UsageError where mpirun did not start this
 */
export function connectMpi(): Communicator {
  if (connected !== undefined) return connected;
  if (!LAUNCHERS.some((name) => process.env[name] !== undefined))
    throw new UsageError(
      "distributed: MPI has not started this process; expected `mpirun -n N npx mm-train train " +
        "--distributed mpi ...`, or the launcher of your cluster",
    );
  let addon: Addon;
  try {
    addon = load();
  } catch (cause) {
    const { message } = cause as Error;
    const why = isMissing(cause) ? "is not installed" : `does not load: ${message.split("\n")[0]}`;
    throw new BackendError(`distributed: ${NAME} ${why}`, {
      cause,
      remedy:
        "npm install ./packages/mpi (of mm-train's repository) compiles it; it needs g++, make, " +
        "python3 and MPI (Debian: apt-get install openmpi-bin libopenmpi-dev)",
    });
  }
  const words = typedOnce();
  return (connected = {
    ...addon.init(),
    allgather: (all, counts) => {
      addon.allgather(all, words(counts));
    },
    alltoall: (sent, sentCounts, received, receivedCounts) => {
      addon.alltoall(sent, words(sentCounts), received, words(receivedCounts));
    },
    close: () => {
      addon.finalize();
    },
  });
}
