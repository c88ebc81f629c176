/** Files of the package, gzipped: modules.cjs packs them. */
declare module "mm-train:*" {
  const bytes: Uint8Array;
  export default bytes;
}
