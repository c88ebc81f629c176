/** Commands that a person copies into a POSIX shell mean what they say, whatever a name holds. */

/** `text` as one word of a command, in quotes where it needs them. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** An option and its value; one that begins with "-" would be taken for an option itself. */
export const shellOption = (option: string, value: string): string =>
  `${option}${value.startsWith("-") ? "=" : " "}${shellWord(value)}`;

/** The path of a folder or file as one word that is no option. */
export const shellPath = (path: string): string =>
  shellWord(path.startsWith("-") ? `./${path}` : path);
