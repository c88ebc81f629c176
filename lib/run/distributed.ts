/** Whether a training is one process's or a team's, and what the team must have in common. */
import type { Communicator } from "../distributed/communicator.js";
import { connectMpi } from "../distributed/mpi.js";
import { Team } from "../distributed/team.js";
import { checkFunction, objectWith, refuse, whole } from "../check.js";
import { packageVersion } from "../package-root.js";
import type { TrainResult } from "./result.js";
import type { TrainListeners } from "./session/listeners.js";
import { runSession } from "./session/run-session.js";
import type { Session } from "./session/session.js";

/** "mpi": the processes that mpirun has started; or any others that can exchange numbers. */
export type Distributed = "mpi" | Communicator;

const checkCommunicator = objectWith<Communicator>({
  rank: whole(0),
  size: whole(1),
  local: whole(1),
  allgather: checkFunction,
  alltoall: checkFunction,
  close: checkFunction,
});

/** The team of a training; undefined of one process's own. @param signal asks for its end */
export function teamOf(
  distributed: Distributed | undefined,
  signal: AbortSignal | undefined,
): Team | undefined {
  if (distributed === undefined) return undefined;
  if (typeof distributed === "string" && distributed !== "mpi")
    refuse("distributed", '"mpi", or a communicator', distributed);
  const communicator = distributed === "mpi" ? connectMpi() : distributed;
  checkCommunicator("distributed", communicator);
  return new Team(communicator, signal);
}

/** `make` on every rank of a team: where one fails all do, before anything is trained. */
export function together<T>(team: Team | undefined, make: () => T): T {
  return team === undefined ? make() : team.together(make);
}

/** @throws UsageError where ranks of a team would train another model, or on other data */
export function checkAlike(
  team: Team | undefined,
  { config, trainer }: Omit<Session, "files">,
): void {
  // Where its files are may differ from machine to machine; wordsSha256 says what is in them.
  const { data: _, devData: __, testData: ___, ...same } = config;
  team?.checkAlike("training", JSON.stringify([packageVersion(), same, trainer?.step]));
}

/** Runs a session, of one process or of a team, which ends where its ranks agree to. */
export const runTogether = (
  team: Team | undefined,
  session: Session,
  listeners: TrainListeners,
  until?: number,
): Promise<TrainResult> =>
  runSession(session, team === undefined ? listeners : { ...listeners, signal: team.ended }, until);
