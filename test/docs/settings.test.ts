/**
 * What an editor and docs/api.md say of a setting is what the command line says of it, and its
 * default.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { configSchema, defaultText, type TrainConfig } from "../../lib/run/settings/config.js";

const folder = join(import.meta.dirname, "../../lib/run/settings");
const source = readdirSync(folder)
  .map((file) => readFileSync(join(folder, file), "utf8"))
  .join("");
const docstrings = Object.fromEntries(
  [...source.matchAll(/\/\*\*((?:(?!\*\/)[^])+)\*\/\n {2}(\w+): /g)].map(([, text, name]) => [
    name,
    text.replace(/\s+\*?\s*/g, " ").trim(),
  ]),
);

it.each(Object.entries(configSchema.shape))("%s", (name, schema) => {
  expect(docstrings[name]).toBe(
    `${schema.description}; default: ${defaultText(name as keyof TrainConfig)}`,
  );
});
