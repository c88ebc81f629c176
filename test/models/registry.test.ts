/** Every family of models, through a whole run: its settings and no others, saved and read back. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadRun, lossOf, parseConfig, resume, train, UsageError } from "../../lib/index.js";
import { FAMILIES, familiesWith } from "../../lib/models/registry.js";
import { ALL_SETTINGS, settingsOf } from "../../lib/run/settings/config.js";
import { errorOf, scratch, WORDS } from "../train/support.js";

const folder = scratch();

describe.each(FAMILIES.map((family) => [family.name, family] as const))("%s", (model, family) => {
  const small = Object.hasOwn(family.settings, "hidden") ? { embedding: 2, hidden: 4 } : {};
  const steps = family.counted ? {} : { steps: 5 };
  const direct = model === "nplm" ? { direct: true } : {};

  it("predicts the same from its folder, and says how far it looks back", async () => {
    const out = join(folder(), "run");
    const settings = { words: WORDS, samples: 0, ...small, ...steps, ...direct };
    const { model: made, corpus, loss } = await train({ model, out, ...settings });
    const read = loadRun(out);
    const { X, Y } = corpus.splits.dev;
    expect(lossOf(read.model, X, Y).item()).toBe(lossOf(made, X, Y).item());
    expect(read.model.blockSize).toBe(X.shape[1]);
    expect(parseConfig({ model, ...small, ...direct }).blockSize).toBe(read.config.blockSize);
    const again = await resume(out, { words: WORDS });
    expect(again.loss).toEqual(loss);
  });

  it("refuses a setting of another family by its name", async () => {
    const own = settingsOf({ model });
    for (const [key, kind] of Object.entries(ALL_SETTINGS)) {
      if (Object.hasOwn(own, key)) continue;
      const { message } = await errorOf(UsageError, () =>
        parseConfig({ model, [key]: kind.def.defaultValue }),
      );
      const families = familiesWith(key);
      expect(message).toBe(
        families.length > 0
          ? `${key}: ${model} has no such setting, expected model ${families.join(" or ")}`
          : `${key}: ${model} is counted, not trained, expected nothing`,
      );
    }
  });
});
