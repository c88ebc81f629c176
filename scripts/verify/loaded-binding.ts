/**
 * The object that the library calls: every load of the addon makes one of its own. To be imported
 * before the library, which may load the addon while it is imported.
 */
import type { NativeBinding } from "../../lib/backend/native/binding.js";

const { dlopen } = process;
let binding: NativeBinding | undefined;
process.dlopen = (module: object, ...rest: unknown[]) => {
  Reflect.apply(dlopen, process, [module, ...rest]);
  binding = (module as { exports: NativeBinding }).exports;
  process.dlopen = dlopen;
};

export function loadedBinding(): NativeBinding {
  if (binding === undefined) throw new Error("loaded-binding: no addon was loaded after it");
  return binding;
}
