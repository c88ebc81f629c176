/** What compiles the addon where the package is, by what installed it there. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { packageRoot } from "../../package-root.js";

/** What runs the install script of mm-train, and before that allows it where it is blocked. */
const COMMANDS = {
  npm: "`npm rebuild mm-train` (npm 12 first needs `npm install-scripts approve mm-train`)",
  "npm before 12": "`npm rebuild mm-train`",
  "npm 12": "`npm install-scripts approve mm-train && npm rebuild mm-train`",
  pnpm: "`pnpm approve-builds` (choose mm-train), then `pnpm rebuild mm-train`",
  yarn: '`"dependenciesMeta": {"mm-train": {"built": true}}` in package.json, then `yarn install`',
  "yarn 1": "`yarn install --force`",
  bun: "`bun pm trust mm-train`",
};

type Manager = keyof typeof COMMANDS;

/** What installs leave in a project, the surest first: a project can have several lock files. */
const TRACES: readonly (readonly [file: string, manager: Manager])[] = [
  ["node_modules/.package-lock.json", "npm"],
  ["node_modules/.modules.yaml", "pnpm"],
  ["node_modules/.yarn-integrity", "yarn 1"],
  ["node_modules/.yarn-state.yml", "yarn"],
  [".pnp.cjs", "yarn"],
  ["node_modules/.bun", "bun"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];

function installedBy(root: string): Manager | undefined {
  if (/[\\/]\.?pnpm[\\/]/.test(root)) return "pnpm"; // its store can lie outside of the project
  const project = root.split(/[\\/](?:node_modules|\.yarn)[\\/]/)[0];
  return TRACES.find(([file]) => existsSync(join(project, file)))?.[1];
}

/** The package manager that runs this process, from "npm/12.0.1 node/v24.0.0 linux x64". */
function runBy(agent: string): Manager | undefined {
  const [, name, major] = /^(npm|pnpm|yarn|bun)\/(\d+)/.exec(agent) ?? [];
  if (name === "npm") return Number(major) < 12 ? "npm before 12" : "npm 12";
  return name === "yarn" && major === "1" ? "yarn 1" : (name as Manager | undefined);
}

/**
 * As words of a message. npx runs what another package manager installed too, so what lies there
 * decides, and npm's version is known only from npm.
 */
export function rebuildCommand(
  root = packageRoot(),
  agent = process.env.npm_config_user_agent ?? "",
): string {
  if (basename(dirname(root)) !== "node_modules") return "`npm install`"; // a clone
  const installer = installedBy(root) ?? "npm";
  const runner = runBy(agent);
  return COMMANDS[installer === "npm" && runner !== undefined ? runner : installer];
}
