/** Tables for other programs. */

type Field = string | number | boolean | null | undefined;

/** Comma-separated values, as RFC 4180 has them; nothing where there is no value. */
export const csv = (rows: readonly (readonly Field[])[]): string =>
  rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");

function field(value: Field): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
