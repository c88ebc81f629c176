/** `mm-train/files`: the files in memory that the library has in a browser. */
export { filesIn, type FolderEntry, listFolder, putFile, remove } from "./folder.js";
export { unzipInto, zipFolder } from "./zip.js";
