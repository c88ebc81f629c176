/** A command as one of the processes that mpirun has started: rank 0 speaks for all. */
import { threadsBeside } from "../backend/native/default-threads.js";
import type { Communicator } from "../distributed/communicator.js";
import { connectMpi } from "../distributed/mpi.js";
import { isShared } from "../distributed/team.js";
import { exitCode, sayFailure } from "./failure.js";

/** How many threads a rank has, so that those of a machine do not fight for its cores. */
export const threadsOf = (ranks: Communicator | undefined): number | undefined =>
  ranks === undefined || process.env.MM_THREADS ? undefined : threadsBeside(ranks.local);

/**
 * Runs `body` on every rank. Where all ranks have met the same error they end in order, and rank 0
 * says it; with any other error a rank ends alone, and mpirun ends the others.
 */
export async function asRank(body: (ranks: Communicator) => Promise<void>): Promise<void> {
  const ranks = connectMpi();
  try {
    await body(ranks);
  } catch (error) {
    if (!isShared(error)) throw error;
    process.exitCode = ranks.rank === 0 ? sayFailure(error) : exitCode(error);
  }
  ranks.close();
}
