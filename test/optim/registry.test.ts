/** Every optimizer that a run can have, through a whole run: its settings and no others. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  CheckpointError,
  loadRun,
  parseConfig,
  resume,
  train,
  UsageError,
} from "../../lib/index.js";
import { OPTIMIZERS, optimizersWith, OWN_SETTINGS } from "../../lib/optim/registry.js";
import { errorOf, parameterHash, scratch, WORDS, writeRun } from "../train/support.js";

const folder = scratch();
const SMALL = { words: WORDS, samples: 0, embedding: 2, hidden: 4, steps: 20, weightDecay: 0.01 };
const own = Object.keys(OWN_SETTINGS) as (keyof typeof OWN_SETTINGS)[];

describe.each(OPTIMIZERS.map((kind) => [kind.name, kind] as const))("%s", (optimizer, kind) => {
  const settings = { ...SMALL, optimizer, lr: "0.02" };
  const [owned, others] = [true, false].map((has) =>
    own.filter((key) => Object.hasOwn(kind.settings, key) === has),
  );

  it("moves the parameters, and goes on after an interruption with the same bits", async () => {
    const whole = await train(settings);
    const none = await train({ ...settings, steps: 0 });
    expect(parameterHash(whole.model)).not.toBe(parameterHash(none.model));
    const out = join(folder(), "run");
    const abort = new AbortController();
    const onStep = (step: number) => step === 7 && abort.abort();
    const { interrupted } = await train({ ...settings, out, signal: abort.signal, onStep });
    expect(interrupted).toBe(true);
    expect(parameterHash((await resume(out, { words: WORDS })).model)).toBe(
      parameterHash(whole.model),
    );
    expect(loadRun(out).config.optimizer).toBe(optimizer);
  });

  it("refuses a setting of another by its name", async () => {
    for (const key of others) {
      const { message } = await errorOf(UsageError, () =>
        parseConfig({ optimizer, [key]: OWN_SETTINGS[key].def.defaultValue / 2 + 0.25 }),
      );
      const names = optimizersWith(key).join(" or ");
      expect(message).toBe(`${key}: ${optimizer} has no such setting, expected optimizer ${names}`);
    }
  });

  it("reads a run that is older than the settings of others, and none that lacks its own", async () => {
    const out = join(folder(), "run");
    await train({ ...settings, steps: 2, out });
    const file = join(out, "config.json");
    const config = JSON.parse(readFileSync(file, "utf8")) as { optimizer: object };
    const without = (keys: readonly string[]) =>
      Object.fromEntries(Object.entries(config.optimizer).filter(([key]) => !keys.includes(key)));
    const write = (group: object) =>
      writeRun(out, { "config.json": JSON.stringify({ ...config, optimizer: group }) });
    write(without(others));
    expect(loadRun(out).config).toMatchObject({
      optimizer,
      ...Object.fromEntries(others.map((key) => [key, OWN_SETTINGS[key].def.defaultValue])),
    });
    for (const key of owned) {
      write(without([key]));
      const { message } = await errorOf(CheckpointError, () => loadRun(out));
      expect(message).toContain(`optimizer.${key} is missing`);
    }
  });
});
