/** Words in a column of a table: CSV, or with tabs or semicolons between its columns. */
import { CsvError, parse } from "csv-parse/sync";
import { DataError, quote } from "../../errors.js";
import { BadLines } from "../files/bad-lines.js";
import type { WeightedWords } from "./distinct.js";
import { sourceName } from "../files/standard-input.js";
import { readUtf8 } from "../files/text-file.js";
import { WordWriter } from "./word-writer.js";
import { problemOf } from "./words.js";

/** Columns by the name in the first row, or by their number from 1. */
export interface Columns {
  readonly column: string;
  /** "": none */
  readonly weightColumn: string;
}

/**
 * The words of a column and, where a column of weights is named, the weight of each. Rows without a
 * word or of weight 0 are dropped. Where all columns are given by number the first row is one like
 * the others, but where what should be its weight is no number it names the columns.
 * @throws DataError where the table cannot be read or has no such column, word or weight
 */
export function readColumn(file: string, { column, weightColumn }: Columns): WeightedWords {
  const source = sourceName(file);
  const bytes = readUtf8(file, "a table");
  const reader = new RowReader(source, column, weightColumn, bytes.length);
  try {
    parse(bytes, {
      delimiter: separatorOf(bytes),
      record_delimiter: ["\r\n", "\n", "\r"],
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: (row: string[], { lines }) => {
        reader.add(row, lines);
        return null; // what was read is kept by the reader
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const problem = "a quote that is not closed: expected a table, CSV or with tabs";
    const known = error.code === "CSV_QUOTE_NOT_CLOSED";
    throw new DataError(source, known ? problem : `not a table: ${error.message}`);
  }
  return reader.end();
}

const SEPARATORS = ["\t", ";", ",", "|"];

/** What stands most often in the first line, outside of quotes. */
function separatorOf(bytes: Buffer): string {
  const end = bytes.indexOf("\n");
  const line = bytes.toString("utf8", 0, end < 0 ? bytes.length : end).replace(/"[^"]*"/g, "");
  const count = (separator: string) => line.split(separator).length;
  return SEPARATORS.reduce((best, next) => (count(next) > count(best) ? next : best), ",");
}

/** Takes words and weights out of the rows of a table. */
class RowReader {
  private readonly writer: WordWriter;
  private readonly bad: BadLines;
  private weights: Float64Array;
  private rows = 0;
  private places: { word: number; weight: number | undefined } | undefined;

  constructor(
    private readonly source: string,
    private readonly column: string,
    private readonly weightColumn: string,
    bytes: number,
  ) {
    this.writer = new WordWriter(source, bytes);
    this.bad = new BadLines(source);
    this.weights = new Float64Array(weightColumn === "" ? 0 : 1024);
  }

  add(row: string[], line: number): void {
    if (this.places === undefined) {
      this.places = this.placesIn(row);
      if (this.isHeader(row)) return;
    }
    this.rows++;
    const word = row.at(this.places.word)?.trim() ?? "";
    const weight = this.weightIn(row);
    if (word === "" || weight === 0) return;
    const problem = problemOf(word) ?? this.problemOfWeight(row, weight);
    if (problem !== undefined) return this.bad.add(line, problem);
    this.writer.add(word);
    if (weight === undefined) return;
    const { count } = this.writer;
    if (count > this.weights.length) {
      const more = new Float64Array(2 * count);
      more.set(this.weights);
      this.weights = more;
    }
    this.weights[count - 1] = weight;
  }

  end(): WeightedWords {
    this.bad.throwIfAny();
    const { count } = this.writer;
    if (count === 0) throw new DataError(this.source, `no words in column ${quote(this.column)}`);
    const words = this.writer.list({ lines: this.rows, blank: this.rows - count });
    return this.weightColumn === "" ? { words } : { words, weights: this.weights.slice(0, count) };
  }

  private placesIn(first: string[]): { word: number; weight: number | undefined } {
    const place = (column: string): number => {
      const named = first.findIndex((name) => name.trim() === column);
      const number = isNumber(column) ? Number(column) : 1 + named;
      if (number >= 1 && number <= first.length) return number - 1;
      const names = first.slice(0, 10).map((name) => quote(name.trim()));
      const expected = `expected one of ${names.join(", ")}, or a number from 1 to ${first.length}`;
      throw new DataError(this.source, `no column ${quote(column)}: ${expected}`);
    };
    const weight = this.weightColumn === "" ? undefined : place(this.weightColumn);
    return { word: place(this.column), weight };
  }

  private isHeader(first: string[]): boolean {
    const named = [this.column, this.weightColumn].some((c) => c !== "" && !isNumber(c));
    return named || Number.isNaN(this.weightIn(first));
  }

  /** undefined without weights, NaN for what is none. */
  private weightIn(row: string[]): number | undefined {
    const place = this.places?.weight;
    if (place === undefined) return undefined;
    const text = row.at(place)?.trim() ?? "";
    const weight = text === "" ? NaN : Number(text);
    return weight >= 0 && weight < Infinity ? weight : NaN;
  }

  private problemOfWeight(row: string[], weight: number | undefined): string | undefined {
    if (weight === undefined || weight > 0) return undefined;
    const got = quote(row.at(this.places?.weight ?? 0) ?? "");
    return `expected a weight, a number of 0 or more, got ${got}`;
  }
}

const isNumber = (column: string): boolean => /^\d+$/.test(column);
