/** What the package ships as files: there from the start, where the library looks for them. */
import names from "mm-train:data/names.txt";
import exact from "mm-train:native/wasm/exact.wasm";
import relaxed from "mm-train:native/wasm/relaxed.wasm";
import { ungzip } from "pako";
import { File, Folder, root } from "./tree.js";

const PACKAGE = "mm-train";

/** The file that the library takes itself to be. */
export const LIBRARY = `/${PACKAGE}/index.js`;

/** A folder of files, which are unpacked when they are asked for. */
function folder(contents: Readonly<Record<string, Uint8Array | Folder>>): Folder {
  const made = new Folder();
  for (const [name, x] of Object.entries(contents))
    made.set(name, x instanceof Folder ? x : new File(() => ungzip(x)));
  return made;
}

root.set(
  PACKAGE,
  folder({
    data: folder({ "names.txt": names }),
    native: folder({
      wasm: folder({ "exact.wasm": exact, "relaxed.wasm": relaxed }),
    }),
  }),
);
