/** How far an operation is from its kernel: the functions on the stack when that is called. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { backend, ones, setBackend, type Tensor } from "../../lib/index.js";
import { observe } from "../../lib/backend/observe.js";

const before = backend();
beforeAll(() => {
  setBackend("reference"); // its kernel is one function, as the addon's entry is
});
afterAll(() => {
  setBackend(before);
});

/** From the method to the call of the kernel, both counted. */
function functions(call: () => Tensor): string[] {
  let frames: string[] = [];
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  observe(
    {
      recording: false,
      call: () => {
        const stack = (new Error().stack as string).split("\n");
        // The first two are the observer's own: a step that nobody observes has one for both.
        frames = stack.slice(3).map((line) => line.trim());
      },
      access: () => undefined,
      look: () => undefined,
      gradient: () => undefined,
      requirement: () => undefined,
    },
    () => {
      outermost(call);
    },
  );
  Error.stackTraceLimit = limit;
  return frames.slice(
    0,
    frames.findIndex((line) => line.includes("outermost")),
  );
}
const outermost = (call: () => Tensor): void => {
  call();
};

const x = ones([3, 4]);
const w = ones([3, 4]);
w.requiresGrad = true;
const row = ones([4]);

it.each<[string, () => Tensor]>([
  ["equal shapes", () => x.add(x)],
  ["on the tape", () => x.mul(w)],
  ["broadcast", () => x.add(row)],
  ["a number", () => x.mul(2)],
  ["one operand", () => x.exp()],
  ["in place", () => x.add_(row)],
])("%s: at most 7 functions from method to native call", (_, call) => {
  const between = functions(call); // without the kernel's own, with the closure of the test
  // The method ... the caller of the kernel, then the backend's method and the addon's entry.
  const chain = between.length - 1 + 2;
  expect(between.length).toBeGreaterThan(2);
  expect(chain).toBeLessThanOrEqual(7);
});
