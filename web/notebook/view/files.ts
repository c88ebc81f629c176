/** Notebooks as files of the reader. */

/** A module, whose top level can await: Node and tsx read .ts so only beside a package.json. */
export function download(title: string, script: string): void {
  const name =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "notebook";
  const url = URL.createObjectURL(new Blob([script], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}.mts`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Characters of a script that is read. */
const LARGEST = 2_000_000;

/** @throws Error: one line that says what is wrong with the file */
export async function readScript(file: File): Promise<{ title: string; script: string }> {
  if (file.size > LARGEST)
    throw new Error(`${file.name}: expected a script of at most 2 MB, got ${file.size} bytes`);
  const bytes = await file.arrayBuffer();
  try {
    const script = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (script.includes("\0")) throw new Error();
    return { title: file.name.replace(/\.[cm]?[jt]s$/, ""), script };
  } catch {
    throw new Error(`${file.name}: expected a script in UTF-8, got something else`);
  }
}
