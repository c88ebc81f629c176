/** The library: everything a script needs is imported from here. */
import "./autograd/index.js";

export { backend, type BackendName, isa, setBackend, setThreads, supportedIsas, threads } from "./backend/index.js";
export * from "./errors.js";
export * from "./tensor/index.js";
