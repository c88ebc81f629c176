/** node:path */
export { basename, dirname, extname, isAbsolute, join, relative, resolve } from "path-browserify";
