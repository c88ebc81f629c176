/** node:module */
export const createRequire = () => () => {
  throw new Error("no modules of Node in a browser");
};
