/** Runs that are kept in IndexedDB. */
import type { KeptRun, KeptRuns } from "./kept-runs.js";

/** Of all visits and tabs. */
const MOST = 12;

const [NAME, RUNS, ARCHIVES] = ["mm-train-playground", "runs", "archives"];

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error("the database does not answer"));
  });

/** On the disk, as far as the browser says. */
const committed = (change: IDBTransaction): Promise<void> =>
  new Promise((done, fail) => {
    change.oncomplete = () => done();
    change.onabort = () => fail(change.error ?? new Error("the database takes nothing more"));
  });

export class BrowserRuns implements KeptRuns {
  #opened: Promise<IDBDatabase> | undefined;

  /** A browser that keeps nothing says so at each call. */
  #database(): Promise<IDBDatabase> {
    return (this.#opened ??= new Promise((done, fail) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(RUNS, { keyPath: "key" });
        request.result.createObjectStore(ARCHIVES);
      };
      answer(request).then(done, fail);
    }));
  }

  async #stores(mode: "readonly" | "readwrite") {
    const change = (await this.#database()).transaction([RUNS, ARCHIVES], mode);
    return { change, runs: change.objectStore(RUNS), archives: change.objectStore(ARCHIVES) };
  }

  async list(): Promise<KeptRun[]> {
    const { runs } = await this.#stores("readonly");
    return newestFirst((await answer(runs.getAll())) as KeptRun[]);
  }

  async put(run: KeptRun, archive: Uint8Array): Promise<void> {
    const { change, runs, archives } = await this.#stores("readwrite");
    runs.put(run);
    archives.put(archive, run.key);
    const all = newestFirst((await answer(runs.getAll())) as KeptRun[]);
    for (const { key } of all.slice(MOST)) {
      runs.delete(key);
      archives.delete(key);
    }
    return committed(change);
  }

  async archive(key: string): Promise<Uint8Array | undefined> {
    const { archives } = await this.#stores("readonly");
    return (await answer(archives.get(key))) as Uint8Array | undefined;
  }

  async remove(key: string): Promise<void> {
    const { change, runs, archives } = await this.#stores("readwrite");
    runs.delete(key);
    archives.delete(key);
    return committed(change);
  }
}

const newestFirst = (runs: readonly KeptRun[]): KeptRun[] =>
  [...runs].sort((a, b) => b.date - a.date);
