/** node:module */

/** @throws always: there is no package beside this one, and no addon */
const refuse = (name: string): never => {
  throw Object.assign(new Error(`a browser loads no package of Node (${name})`), {
    code: "MODULE_NOT_FOUND",
  });
};

export const createRequire = () => Object.assign(refuse, { resolve: refuse });
