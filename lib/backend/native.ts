// placeholder until the addon is there
import { BackendError } from "../errors.js";
import type { Kernels } from "./kernels.js";
export interface NativeKernels extends Kernels { isa(): string; supportedIsas(): string[]; threads(): number; setThreads(n: number): void }
export function loadNative(): NativeKernels { throw new BackendError("native backend not built."); }
