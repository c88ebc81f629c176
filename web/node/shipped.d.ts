/** The shipped list of names; modules.cjs packs it. */
declare module "mm-train:names.txt.gz" {
  const bytes: Uint8Array;
  export default bytes;
}
