/** In place of lib/sweep/processes/process-pool.ts: a browser starts no processes. */
import { BackendError } from "../../lib/errors.js";

/** @throws BackendError: always */
export class ProcessPool {
  constructor() {
    throw new BackendError("sweep: a browser starts no processes, expected Node");
  }
}
