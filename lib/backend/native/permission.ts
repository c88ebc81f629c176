/**
 * What a process started with --permission or --no-addons may not do, and the flags that allow
 * it.
 */
import { shellWord } from "../../shell.js";

/** From Node 20 on there is one where the permission model is on. */
const { permission } = process as { permission?: NodeJS.ProcessPermission };

const flags = (): string[] => [
  ...process.execArgv,
  ...(process.env.NODE_OPTIONS ?? "").split(/\s+/),
];

/** What to do about addons that node refuses to load. */
export function allowAddons(): string {
  const given = flags();
  const words = [
    ...(permission !== undefined && !given.includes("--allow-addons")
      ? ["with --allow-addons"]
      : []),
    ...(permission === undefined || given.includes("--no-addons") ? ["without --no-addons"] : []),
  ];
  return `start node ${words.join(" and ")}`;
}

/**
 * What to do about files and folders that the permission model hides; undefined where it hides
 * none of them.
 */
export function allowReading(paths: readonly string[]): string | undefined {
  const hidden = paths.filter((path) => permission?.has("fs.read", path) === false);
  return hidden.length === 0
    ? undefined
    : `start node with ${hidden.map((path) => shellWord(`--allow-fs-read=${path}`)).join(" ")} too`;
}
