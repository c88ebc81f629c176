/** Sorting n-grams by their words, a counting sort for each word. */

/**
 * N-grams as columns: column k holds the words k places before the predicted one, which is column
 * 0.
 */
export type Columns = readonly Int32Array[];

/** N-grams, and how often each was seen: once where left out. */
export interface Ngrams {
  readonly columns: Columns;
  readonly times?: Int32Array;
}

/**
 * The rows in the order of their words, the word just before the predicted one first, the predicted
 * one last; of equal rows the first stays first.
 * @param bound above all words
 */
export function sortedRows(columns: Columns, bound: number): Int32Array<ArrayBuffer> {
  // From the least significant word to the most.
  const [targets, ...context] = columns;
  const n = targets.length;
  let rows = new Int32Array(n);
  let next = new Int32Array(n);
  for (let i = 0; i < n; i++) rows[i] = i;
  for (const column of [targets, ...context.reverse()]) {
    place(column, rows, next, bound);
    [rows, next] = [next, rows];
  }
  return rows;
}

/**
 * Writes the rows into `next` by their word in one column, without changing the order of equals.
 */
function place(column: Int32Array, rows: Int32Array, next: Int32Array, bound: number): void {
  const at = new Int32Array(bound + 1);
  for (let i = 0; i < column.length; i++) at[column[i] + 1]++;
  for (let word = 0; word < bound; word++) at[word + 1] += at[word];
  for (let i = 0; i < rows.length; i++) next[at[column[rows[i]]]++] = rows[i];
}
