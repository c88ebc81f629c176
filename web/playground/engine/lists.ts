/** The lists that runs read: put where the library reads files, read as the command reads them. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { blockSizeOf } from "../../../lib/models/registry.js";
import { type Corpus, loadCorpus } from "../../../lib/run/corpus/corpus.js";
import { listOptions } from "../../../lib/run/corpus/read-list.js";
import type { TrainConfig } from "../../../lib/run/settings/config.js";
import { putFile } from "../../files/folder.js";
import type { List } from "../protocol.js";

export class Lists {
  /** the last corpus: most resets change other settings */
  #last: { readonly key: string; readonly corpus: Corpus } | undefined;

  /** @param folder where lists are kept */
  constructor(private readonly folder: string) {}

  /** What the setting `data` says of a list. */
  dataOf(list: List): string {
    if (list.kind === "names") return "names";
    const digest = createHash("sha256").update(list.bytes).digest("hex");
    const file = join(this.folder, digest.slice(0, 16), fileName(list.name));
    putFile(file, list.bytes);
    return file;
  }

  /** @throws DataError for what is no list of words */
  corpus(config: TrainConfig): Corpus {
    const list = listOptions(config);
    const [blockSize, { splitSeed, data }] = [blockSizeOf(config), config];
    const key = JSON.stringify([data, blockSize, splitSeed, list]);
    if (this.#last?.key !== key) {
      this.#last = undefined; // before another is read: two large ones need not fit
      const corpus = loadCorpus(data, blockSize, splitSeed, undefined, list);
      this.#last = { key, corpus };
    }
    return this.#last.corpus;
  }
}

/** The last part of a name, without what has a meaning in a path. */
export const fileName = (name: string): string =>
  name.replace(/^.*[/\\]/, "").replace(/^\.*$/, "words.txt");
