/** The package is Node's own parseArgs, for other places. */
declare module "@pkgjs/parseargs" {
  export { parseArgs, type ParseArgsConfig } from "node:util";
}
