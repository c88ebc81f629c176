import { createHash } from "node:crypto";

/** Bytes that are hashed at once. */
const PIECE = 1 << 16;

/** SHA-256 of tokens, one per line, as they come. */
export class TokenDigest {
  private readonly hash = createHash("sha256");
  private readonly piece = new Uint8Array(PIECE);
  private readonly data = new DataView(this.piece.buffer);
  private length = 0;
  /** tokens that are still strings: many are made bytes faster together than one by one */
  private lines = "";

  add(token: string): void {
    this.lines += `${token}\n`;
    if (this.lines.length > PIECE) this.flush();
  }

  /** The token that is so many bytes, at most eight: those of two numbers, the lowest first. */
  addShort(low: number, high: number, length: number): void {
    if (this.lines !== "" || this.length + 9 > PIECE) this.flush();
    const { data } = this;
    data.setInt32(this.length, low, true);
    data.setInt32(this.length + 4, high, true);
    this.length += length;
    this.piece[this.length++] = NEWLINE;
  }

  /** The token that is bytes [from, to). */
  addBytes(bytes: Uint8Array, from: number, to: number): void {
    if (this.lines !== "" || this.length + to - from >= PIECE) this.flush();
    const { piece } = this;
    let at = this.length;
    for (let i = from; i < to; i++) piece[at++] = bytes[i];
    piece[at++] = NEWLINE;
    this.length = at;
  }

  /** Hexadecimal; nothing can be added afterwards. */
  digest(): string {
    this.flush();
    return this.hash.digest("hex");
  }

  private flush(): void {
    this.hash.update(this.piece.subarray(0, this.length)).update(this.lines);
    this.length = 0;
    this.lines = "";
  }
}

const NEWLINE = 10;
