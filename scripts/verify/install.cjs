// `npm run verify:install [-- words of scenarios]`: installs the package as its users do, each time
// into an empty folder with an empty HOME, and uses it: a training by npx, `import`, `require`,
// `mm-train doctor`. Every way must end in the same losses.
"use strict";
const { spawnSync } = require("node:child_process");
const {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} = require("node:fs");
const { tmpdir } = require("node:os");
const { delimiter, dirname, join } = require("node:path");
const { checkBinaries } = require("./binary.cjs");
const { makePackages } = require("./tarball.cjs");

const folder = realpathSync(mkdtempSync(join(tmpdir(), "mm-install-")));
const say = (text) => process.stderr.write(`${text}\n`);
const must = (condition, message) => {
  if (!condition) throw new Error(message);
};

// ---- programs and environments ----

const which = (name) =>
  process.env.PATH.split(delimiter)
    .map((dir) => join(dir, name))
    .find((file) => existsSync(file));

/** A PATH of Node and what its scripts call: no compiler, no make, no Python. */
const bare = join(folder, "bin");
mkdirSync(bare);
for (const name of [
  "node",
  "npm",
  "npx",
  "sh",
  "env",
  "uname",
  "cat",
  "ls",
  "mkdir",
  "rm",
  "cp",
  "mv",
  "ln",
  "chmod",
  "dirname",
  "basename",
  "sed",
]) {
  if (which(name)) symlinkSync(which(name), join(bare, name));
}

// What the network needs; nothing else of the caller's settings. The cache of downloads is the
// caller's, so that npm installs without a network what `npm ci` has fetched.
const cache = process.env.npm_config_cache ?? join(folder, "cache");
const network = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|npm_config_registry)$|_proxy$/i.test(name),
  ),
);
const WORDS =
  "ada bo cleo dan eve fay gus hal ivy jo kay lou max ned oda pip quin ray sue tom".split(" ");
let count = 0;
/** An empty folder, and an empty home for it, with programs that use the package. */
function place(name = `app${++count}`) {
  const app = join(folder, name);
  const home = join(folder, `home${count}`);
  mkdirSync(app);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true }));
  writeFileSync(join(app, "words.txt"), WORDS.join("\n"));
  writeFileSync(
    join(app, "use.mjs"),
    'import { backend, train } from "mm-train";\nimport { use } from "./use.cjs";\nawait ' +
      "use(backend, train);\n",
  );
  writeFileSync(
    join(app, "use.cjs"),
    `exports.use = async (backend, train) => {
  const { loss } = await train({ data: "words.txt", steps: 20, samples: 0 });
  console.log(JSON.stringify({ backend: backend(), loss: loss.train }));
};
if (require.main === module) {
  const { backend, train } = require("mm-train");
  exports.use(backend, train);
}
`,
  );
  const env = {
    ...network,
    HOME: home,
    npm_config_cache: cache,
    npm_config_prefer_offline: "true",
    npm_config_update_notifier: "false",
  };
  return { app, env: { ...env, PATH: bare }, withCompiler: { ...env, PATH: process.env.PATH } };
}

function run(cwd, env, command, ...args) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  return { status: status ?? signal, stdout, stderr };
}

function done(cwd, env, command, ...args) {
  const { status, stdout, stderr } = run(cwd, env, command, ...args);
  must(
    status === 0,
    `${command} ${args.join(" ")} ended with ${status}: ` +
      `${(stderr || stdout).trim().split("\n").slice(-5).join(" | ")}`,
  );
  return { stdout, stderr };
}

const lastLine = (text) => JSON.parse(text.trim().split("\n").at(-1));

// ---- what every installed package must do ----

const losses = {};
/** The same losses as the first time. */
function sameLoss(what, loss) {
  losses[what] ??= JSON.stringify(loss);
  must(
    losses[what] === JSON.stringify(loss),
    `${what}: loss ${JSON.stringify(loss)}, elsewhere ${losses[what]}`,
  );
}

const WARNING = /^mm-train: native backend: [^\n]*`npx mm-train doctor` says more\)\n$/;

/** Trains and imports. `wrap`: words before the command. @returns what doctor says */
function use(app, env, expected, wrap = []) {
  const [command, ...args] = [...wrap, "npx"];
  // The shipped names take JavaScript 20 s to evaluate: it gets a shorter list.
  const words = expected === "native" ? [] : ["words.txt"];
  const trained = done(
    app,
    env,
    command,
    ...args,
    "mm-train",
    ...words,
    "--steps",
    "200",
    "--samples",
    "1",
    "--json",
  );
  const result = lastLine(trained.stdout);
  must(result.backend === expected, `npx mm-train ran on ${result.backend}`);
  sameLoss(`npx ${words}`, result.loss);
  const warned = expected === "native" ? trained.stderr === "" : WARNING.test(trained.stderr);
  must(warned, `npx mm-train said on stderr: ${JSON.stringify(trained.stderr)}`);
  useModules(app, env, expected, [...wrap, "node"]);

  const { status, stdout } = run(app, env, command, ...args, "mm-train", "doctor", "--json");
  const doctor = JSON.parse(stdout);
  must(doctor.backend === expected, `doctor found ${doctor.backend}`);
  must(
    status === (expected === "native" ? 0 : 1),
    `doctor ended with ${status}: ${JSON.stringify(doctor.problems)}`,
  );
  return doctor;
}

function useModules(app, env, expected, [command, ...args]) {
  for (const file of ["use.mjs", "use.cjs"]) {
    const { stdout, stderr } = done(app, env, command, ...args, file);
    const { backend, loss } = lastLine(stdout);
    must(backend === expected, `${file} ran on ${backend}: ${stderr.trim()}`);
    sameLoss("modules", loss);
  }
}

const chosen = (doctor) => doctor.candidates.find((candidate) => candidate.chosen)?.path ?? "";
const prebuilt = (doctor) =>
  must(
    chosen(doctor).includes(`${join("mm-train", "prebuilds")}`),
    `not the prebuilt binary: ${chosen(doctor)}`,
  );
const compiled = (doctor) =>
  must(
    chosen(doctor).includes(join("mm-train", "build", "Release")),
    `not compiled here: ${chosen(doctor)}`,
  );
const advises = (doctor, text) =>
  must(doctor.problems[0].remedy.includes(text), `doctor's remedy: ${doctor.problems[0].remedy}`);

// ---- the scenarios ----

/** An install without a compiler, for the scenarios that look at a package that is there. */
let usual;
const installed = (packages) => {
  if (usual === undefined) {
    usual = place();
    done(usual.app, usual.env, "npm", "install", packages.prebuilt);
  }
  return usual;
};

class Skipped extends Error {}

const SCENARIOS = {
  "symbol floors of the prebuilt binary"({ binaries }) {
    const { count: problems, lines } = checkBinaries([binaries]);
    must(problems === 0, lines.join("; "));
    return "-";
  },
  "prebuilt, no compiler"(packages) {
    const { app, env } = installed(packages);
    prebuilt(use(app, env, "native"));
    must(!existsSync(join(app, "node_modules", "mm-train", "build")), "something was compiled");
    return "native";
  },
  "prebuilt, no compiler, --ignore-scripts"(packages) {
    const { app, env } = place();
    done(app, env, "npm", "install", "--ignore-scripts", packages.prebuilt);
    prebuilt(use(app, env, "native"));
    return "native";
  },
  "scripts blocked, packed here"(packages) {
    // As npm 12 installs, where its Node is to be had.
    const [node, npm] = newestNpm();
    const { app, env } = place();
    const { stdout, stderr } = done(
      app,
      { ...env, PATH: `${dirname(node)}${delimiter}${env.PATH}` },
      node,
      npm,
      "install",
      packages.prebuilt,
    );
    must(
      /blocked[^\n]*\n[^\n]*mm-train/.test(stdout + stderr),
      `npm blocked no script: ${stdout}${stderr}`,
    );
    prebuilt(use(app, env, "native"));
    must(!existsSync(join(app, "node_modules", "mm-train", "build")), "something was compiled");
    return "native";
  },
  "scripts blocked, source, then what doctor says"(packages) {
    const [node, npm] = newestNpm();
    const { app, withCompiler } = place();
    const env = { ...withCompiler, PATH: `${dirname(node)}${delimiter}${withCompiler.PATH}` };
    done(app, env, node, npm, "install", packages.source);
    const { stdout } = run(app, env, node, npm, "exec", "--", "mm-train", "doctor", "--json");
    advises(JSON.parse(stdout), "`npm install-scripts approve mm-train && npm rebuild mm-train`");
    done(app, env, node, npm, "install-scripts", "approve", "mm-train");
    done(app, env, node, npm, "rebuild", "mm-train");
    compiled(use(app, withCompiler, "native"));
    return "reference, native";
  },
  "prebuilt, path with spaces"(packages) {
    const { app, env } = place("my app's (é)");
    done(app, env, "npm", "install", packages.prebuilt);
    prebuilt(use(app, env, "native"));
    return "native";
  },
  "prebuilt, glibc 2.31 (Debian 11)"(packages) {
    const { app, env } = installed(packages);
    const node = oldGlibc();
    const print = "process.report.getReport().header.glibcVersionRuntime";
    const version = done(app, env, ...node, "-p", print).stdout.trim();
    must(version === "2.31", `glibc is ${version}`);
    useModules(app, env, "native", node);
    return "native";
  },
  "prebuilt, Node 22, 24, 26"(packages) {
    const { app, env } = installed(packages);
    const tools = place("nodes");
    const majors = [22, 24, 26];
    const names = majors.map(
      (major) => `node${major}@npm:node-${process.platform}-${process.arch}@${major}`,
    );
    done(tools.app, tools.env, "npm", "install", ...names);
    for (const major of majors) {
      const node = join(tools.app, "node_modules", `node${major}`, "bin", "node");
      const version = done(app, env, node, "-p", "process.version").stdout;
      must(version.startsWith(`v${major}.`), `${node} is ${version}`);
      useModules(app, env, "native", [node]);
    }
    return "native";
  },
  "source, with compiler"(packages) {
    const { app, withCompiler: env } = place();
    done(app, env, "npm", "install", packages.source);
    compiled(use(app, env, "native"));
    return "native";
  },
  "source, --ignore-scripts, path with spaces, then what doctor says"(packages) {
    const { app, withCompiler: env } = place("another app's (é)");
    done(app, env, "npm", "install", "--ignore-scripts", packages.source);
    advises(use(app, env, "reference"), "`npm rebuild mm-train`");
    done(app, env, "npm", "rebuild", "mm-train");
    compiled(use(app, env, "native"));
    return "reference, native";
  },
  "source, no compiler"(packages) {
    const { app, env } = place();
    const { stderr, stdout } = done(
      app,
      env,
      "npm",
      "install",
      "--foreground-scripts",
      packages.source,
    );
    must(
      /mm-train: no native binary \(missing: g\+\+, make, python3\)/.test(stderr + stdout),
      `npm install did not warn: ${stderr}`,
    );
    advises(
      use(app, env, "reference"),
      "`npm rebuild mm-train` compiles one (it needs g++, make and python3)",
    );
    return "reference";
  },
  "pnpm, prebuilt, no compiler"(packages) {
    const { app, env } = place();
    done(app, env, "npx", "pnpm@10", "add", packages.prebuilt);
    prebuilt(use(app, env, "native"));
    return "native";
  },
  "pnpm, source, then what doctor says"(packages) {
    const { app, withCompiler: env } = place();
    done(app, env, "npx", "pnpm@10", "add", packages.source);
    advises(use(app, env, "reference"), "`pnpm approve-builds`");
    done(app, env, "npx", "pnpm@10", "approve-builds", "--all");
    done(app, env, "npx", "pnpm@10", "rebuild", "mm-train");
    compiled(use(app, env, "native"));
    return "reference, native";
  },
};

/** npm 12, which blocks install scripts of dependencies, and a Node that is new enough for it. */
let tools;
function newestNpm() {
  if (process.platform === "win32") throw new Skipped("not for Windows");
  if (tools === undefined) {
    tools = place("npm12");
    done(
      tools.app,
      tools.env,
      "npm",
      "install",
      `node24@npm:node-${process.platform}-${process.arch}@24`,
      "npm12@npm:npm@12",
    );
  }
  const modules = join(tools.app, "node_modules");
  return [join(modules, "node24", "bin", "node"), join(modules, "npm12", "bin", "npm-cli.js")];
}

/** The words that start this Node on Debian 11's C and C++ libraries. */
function oldGlibc() {
  if (process.platform !== "linux" || process.arch !== "x64") throw new Skipped("for linux-x64");
  const debian = "http://deb.debian.org/debian";
  const root = join(folder, "debian11");
  mkdirSync(root);
  const script = `set -e
    curl -sf ${debian}/dists/bullseye/main/binary-amd64/Packages.xz | xz -d > packages
    for name in libc6 libstdc++6 libgcc-s1; do
      curl -sf -o $name.deb ${debian}/$(awk -v p=$name '/^Package: /{q=$2} /^Filename: /{if (q == p) print $2}' packages)
      dpkg-deb -x $name.deb .
    done`;
  if (run(root, process.env, "sh", "-c", script).status !== 0)
    throw new Skipped("cannot be fetched");
  const [c, cpp] = ["lib", "usr/lib"].map((dir) => join(root, dir, "x86_64-linux-gnu"));
  return [join(c, "ld-2.31.so"), "--library-path", `${c}:${cpp}`, process.execPath];
}

function main() {
  say(`making the package (${folder})`);
  const packages = makePackages(folder);
  const words = process.argv.slice(2);
  const rows = [];
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    if (!words.every((word) => name.includes(word))) continue;
    const started = Date.now();
    let row;
    try {
      row = { backend: scenario(packages), ok: "ok" };
    } catch (error) {
      row =
        error instanceof Skipped
          ? { backend: "-", ok: `skipped: ${error.message}` }
          : { backend: "-", ok: `FAILED: ${error.message}` };
    }
    rows.push({ name, ...row, seconds: ((Date.now() - started) / 1000).toFixed(1) });
    say(`${name}: ${row.ok}`);
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log(`${"scenario".padEnd(width)}  ${"backend".padEnd(17)}  seconds  ok`);
  for (const { name, backend, seconds, ok } of rows)
    console.log(`${name.padEnd(width)}  ${backend.padEnd(17)}  ${seconds.padStart(7)}  ${ok}`);
  process.exitCode = rows.length === 0 || rows.some(({ ok }) => ok.startsWith("FAILED")) ? 1 : 0;
}

try {
  main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
