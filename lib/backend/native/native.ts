/** The native backend: the kernel contract as calls of the addon (native/). */
import { warn } from "../../warn.js";
import { type Backend, eachKernel } from "../backend.js";
import { loadBinding, type NativeBinding } from "./binding.js";
import { defaultThreads } from "./default-threads.js";
import { AddonMarshal } from "./addon-marshal.js";
import { nativePlan } from "./native-plan.js";
import { NO_MEMORY, noMemory } from "../plan.js";

/** Every kernel as a function that writes its arguments down and calls the addon. */
function calls({ control, run }: NativeBinding) {
  const marshal = new AddonMarshal(control);
  const { buffers } = marshal;
  return eachKernel((kernel, number, row) => (args) => {
    marshal.begin();
    row(marshal, args);
    // Every argument of a call costs time.
    const position =
      marshal.count < 4
        ? run(number, buffers[0], buffers[1], buffers[2])
        : run(number, ...(buffers as [ArrayBuffer]));
    marshal.release();
    if (position === NO_MEMORY) throw noMemory(kernel);
    return position;
  });
}

function nativeBackend(binding: NativeBinding): Backend {
  return {
    name: "native",
    ...calls(binding),
    isa: binding.isa(),
    supportedIsas: Object.freeze(binding.supportedIsas()),
    get threads() {
      return binding.threads();
    },
    setThreads(count) {
      const there = binding.setThreads(count);
      if (there === undefined) return;
      warn(
        `the system makes no more threads: ${there} of ${count} do the work, with the same ` +
          `results; raise the limit (ulimit -u, ulimit -v, the container's) or ask for ${there} ` +
          "(MM_THREADS, setThreads)",
      );
    },
    plan: (commands, feeds, fetches) => nativePlan(binding, commands, feeds, fetches),
    settle: (buffer) => binding.settle(buffer),
    fmaPeak: (rounds) => binding.fmaPeak(rounds),
  };
}

let loaded: Backend | undefined;

/** Loads the addon, once. Throws a BackendError that says what to do where it cannot be used. */
export function loadNative(): Backend {
  if (loaded === undefined) {
    const threads = defaultThreads();
    const native = nativeBackend(loadBinding());
    native.setThreads(threads);
    loaded = native;
  }
  return loaded;
}
