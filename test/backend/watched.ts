/** Kernels that note which of them were called: a suite can tell which kernel it forgot. */
import { KERNEL_NAMES, type KernelName, type Kernels } from "../../lib/backend/kernel-table.js";

export function watched<K extends Kernels>(
  kernels: K,
): { readonly kernels: K; uncalled(): KernelName[] } {
  const called = new Set<PropertyKey>();
  const noting = new Proxy(kernels, {
    get(target, name) {
      called.add(name);
      return Reflect.get(target, name) as unknown;
    },
  });
  return { kernels: noting, uncalled: () => KERNEL_NAMES.filter((name) => !called.has(name)) };
}
