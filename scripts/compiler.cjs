// What compiling the addon needs, and what of it is not here.
"use strict";
const { spawnSync } = require("node:child_process");

/** The programs that node-gyp needs and that do not run in this environment, by name. */
exports.missingTools = (env) => {
  const works = (command) =>
    spawnSync(command, ["--version"], { env, stdio: "ignore" }).status === 0;
  const tools = [[env.CXX || "g++", "clang++"], [env.MAKE || "make"], [env.PYTHON || "python3"]];
  return tools.filter((names) => !names.some(works)).map(([name]) => name);
};
