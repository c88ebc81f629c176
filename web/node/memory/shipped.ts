/** What the package ships as files: there from the start, where the library looks for them. */
import names from "mm-train:names.txt.gz";
import { ungzip } from "pako";
import { File, Folder, root } from "./tree.js";

const PACKAGE = "mm-train";

/** The file that the library takes itself to be. */
export const LIBRARY = `/${PACKAGE}/index.js`;

const data = new Folder();
data.set("names.txt", new File(() => ungzip(names)));
const folder = new Folder();
folder.set("data", data);
root.set(PACKAGE, folder);
