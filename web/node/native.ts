/** In place of lib/backend/native/native.ts: a browser loads no addon. */
import { BackendError } from "../../lib/errors.js";

/** @throws BackendError: always */
export function loadNative(): never {
  throw new BackendError("native backend: a browser loads none");
}
