/**
 * Makes a function of the code of a cell: as the module of a blob, which a content security policy
 * can allow without allowing text to become code anywhere else.
 */

/** @param code an expression. @param file what it is called in stack traces */
export async function compileCell(code: string, file: string): Promise<unknown> {
  const source = `export default ${code}\n//# sourceURL=${file}`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    const module = (await import(url)) as { default: unknown };
    return module.default;
  } finally {
    URL.revokeObjectURL(url);
  }
}
