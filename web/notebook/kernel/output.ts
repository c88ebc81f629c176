/**
 * What a cell shows, in portions and bounded: a loop that prints a million lines fills neither the
 * page nor the queue to it. The first lines stay, of the rest the newest.
 */
import type { Item, Shown } from "../protocol.js";
import { toPicture } from "./picture.js";

const HEAD = 100_000; // characters
const TAIL = 20_000;
const PICTURES = 50;
const LONGEST = 20_000; // characters printed at once
const INTERVAL = 80; // milliseconds between portions

const lines = (text: string): number => text.split("\n").length - 1;

export class Output {
  readonly #send: (shown: Shown) => void;
  readonly #now: () => number;
  #items: Item[] = [];
  #printed = 0;
  #pictures = 0;
  #tail = "";
  #skipped = 0;
  #tailIsNew = false;
  #sent = -Infinity;

  constructor(send: (shown: Shown) => void, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  text(stream: "out" | "error", text: string): void {
    if (text.length > LONGEST) {
      const more = text.length - LONGEST;
      text = `${text.slice(0, LONGEST)}... (${more.toLocaleString("en")} more characters)\n`;
    }
    this.#printed += text.length;
    if (this.#printed > HEAD) this.#toTail(text);
    else {
      const last = this.#items.at(-1);
      if (last?.kind === "text" && last.stream === stream)
        this.#items[this.#items.length - 1] = { ...last, text: last.text + text };
      else this.#items.push({ kind: "text", stream, text });
    }
    this.#sendSometimes();
  }

  picture(svg: string): void {
    this.#pictures += 1;
    if (this.#pictures > PICTURES) return;
    this.#items.push({ kind: "picture", picture: toPicture(svg) });
    this.#sendSometimes();
  }

  /** What comes at the end of a run. */
  last(item: Item): void {
    this.flush();
    this.#items.push(item);
    this.flush();
  }

  flush(): void {
    if (this.#items.length === 0 && !this.#tailIsNew) return;
    const tail = { skippedLines: this.#skipped, text: this.#tail };
    const shown = { items: this.#items, ...(this.#tailIsNew && { tail }) };
    this.#items = [];
    this.#tailIsNew = false;
    this.#sent = this.#now();
    this.#send(shown);
  }

  #toTail(text: string): void {
    this.#tail += text;
    this.#tailIsNew = true;
    if (this.#tail.length <= 2 * TAIL) return;
    const cut = this.#tail.indexOf("\n", this.#tail.length - TAIL) + 1 || this.#tail.length - TAIL;
    this.#skipped += lines(this.#tail.slice(0, cut));
    this.#tail = this.#tail.slice(cut);
  }

  /** A loop that never waits sends, too. */
  #sendSometimes(): void {
    if (this.#now() - this.#sent >= INTERVAL) this.flush();
  }
}
