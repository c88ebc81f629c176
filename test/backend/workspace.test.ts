/** What a workspace gives back is used again once, and nothing else is. */
import { expect, it } from "vitest";
import { allocate, type Storage } from "../../lib/backend/storage.js";
import { inWorkspace, letGo, sweep } from "../../lib/backend/workspace.js";

const WORDS = 1000;
const made = (): Storage => inWorkspace(() => allocate(WORDS));
const isSame = (a: Storage, b: Storage): boolean => a.slab === b.slab && a.start === b.start;

it("gives back memory once", () => {
  const [a, spare] = [made(), made()];
  letGo(spare);
  letGo(a);
  letGo(a);
  const [b, c, d] = [made(), made(), made()];
  expect(isSame(a, b)).toBe(true);
  expect(isSame(c, b) || isSame(d, b) || isSame(d, c)).toBe(false);
});

it("gives back what was handed to one, and what no one else ever saw", () => {
  const lent = made();
  lent.handOut();
  letGo(lent);
  expect(isSame(made(), lent)).toBe(true);
  for (const show of [(s: Storage) => s.handOut(), (s: Storage) => s.expose()]) {
    const seen = made();
    seen.handOut();
    show(seen);
    letGo(seen);
    expect(isSame(made(), seen)).toBe(false);
  }
});

it("sweeps up what it made and does not need, and nothing from before", () => {
  const before = allocate(WORDS);
  inWorkspace(() => {
    const [a, b] = [allocate(WORDS), allocate(WORDS)];
    sweep(before, (storage) => storage === a);
    const c = allocate(WORDS);
    expect(isSame(c, b)).toBe(true);
    sweep(a, () => false);
    const again = [allocate(WORDS), allocate(WORDS)];
    for (const storage of [a, c]) expect(again.some((x) => isSame(x, storage))).toBe(true);
    expect(again.some((x) => isSame(x, before))).toBe(false);
  });
});

it("is over when its body throws, and leaves the one around it as it was", () => {
  expect(() =>
    inWorkspace(() => {
      throw new Error("on purpose");
    }),
  ).toThrow("on purpose");
  expect(allocate(WORDS).holder).toBe("anyone");
  inWorkspace(() => {
    const a = allocate(WORDS);
    inWorkspace(() => allocate(WORDS));
    expect(allocate(WORDS).holder).toBe("workspace");
    sweep(a, () => false);
    expect(a.holder).toBe("anyone");
  });
});

it("gives memory of the length that is asked for, on a line of its own", () => {
  const a = inWorkspace(() => allocate(WORDS - 5));
  letGo(a);
  const b = made();
  expect([isSame(a, b), b.length]).toEqual([true, WORDS]);
});
