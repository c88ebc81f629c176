/** node:module */
import { DataError } from "../../lib/errors.js";

/** @throws DataError: always; what the library asks for so is data (the Brown corpus) */
const refuse = (name: string): never => {
  throw new DataError(name, "of a package of Node, which a browser does not have: use other data");
};

export const createRequire = () => Object.assign(refuse, { resolve: refuse });
