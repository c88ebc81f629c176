// The environment in which node-gyp finds Node's own headers where they lie beside the executable:
// no download, so it works offline.
"use strict";
const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

exports.withNodeHeaders = (env) => {
  if (env.npm_config_nodedir || env.npm_package_config_node_gyp_nodedir) return env;
  const prefixes = [dirname(dirname(process.execPath)), "/usr/local", "/usr"];
  const prefix = prefixes.find((p) => existsSync(join(p, "include", "node", "node_api.h")));
  return prefix === undefined ? env : { ...env, npm_package_config_node_gyp_nodedir: prefix };
};
