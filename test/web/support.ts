/** The engine of the playground's worker, spoken to as the page does. */
import { Engine } from "../../web/playground/engine/engine.js";
import type { Command, List, Report, RunId, SettingValues } from "../../web/playground/protocol.js";
import { INITIAL } from "../../web/playground/settings.js";

/** A report of one kind. */
export type Told<K extends Report["kind"]> = Extract<Report, { kind: K }>;

export class Worker {
  readonly reports: Report[] = [];
  readonly #engine: Engine;
  #heard: () => void = () => undefined;
  /** how many a run has that was reset */
  #steps = 1;

  /** @param folder an empty one */
  constructor(folder: string) {
    this.#engine = new Engine((report) => {
      this.reports.push(structuredClone(report)); // as a message is
      this.#heard();
    }, folder);
  }

  send(command: Command): void {
    this.#engine.handle(structuredClone(command));
  }

  reset(run: RunId, settings: Record<string, string | number | boolean>, list: List): void {
    this.#steps = Number(settings.steps);
    this.send({ kind: "reset", run, settings: { ...INITIAL, ...settings } as SettingValues, list });
  }

  all<K extends Report["kind"]>(kind: K): Told<K>[] {
    return this.reports.filter((report): report is Told<K> => report.kind === kind);
  }

  /** The first report of a kind, from now on, that is as wanted. */
  async next<K extends Report["kind"]>(
    kind: K,
    wanted: (report: Told<K>) => boolean = () => true,
  ): Promise<Told<K>> {
    for (let from = this.reports.length; ;) {
      const found = this.reports
        .slice(from)
        .find((report): report is Told<K> => report.kind === kind && wanted(report as Told<K>));
      if (found !== undefined) return found;
      const failed = this.reports.slice(from).find((report) => report.kind === "failed");
      if (failed !== undefined && kind !== "failed") throw new Error(failed.message);
      from = this.reports.length;
      await new Promise<void>((done) => {
        this.#heard = done;
      });
    }
  }

  /** The digest at the end of a run that goes on until then. */
  async runToEnd(): Promise<string> {
    const done = this.next("digest", ({ step }) => step >= this.#steps);
    this.send({ kind: "run" });
    return (await done).sha256;
  }
}

export const listOf = (words: readonly string[], name = "words.txt"): List => ({
  kind: "file",
  name,
  bytes: new TextEncoder().encode(words.map((word) => `${word}\n`).join("")),
});
