/**
 * A program that takes part in a contest: a process that warms up, says that it is ready, and
 * measures when it is asked to.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

export interface Entry {
  /** by which goals find its results */
  readonly key: string;
  readonly label: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** why it cannot take part, where that is known before */
  readonly skip?: string;
}

/** For loading and warming up: an import of a large library, a compilation. */
const READY_WITHIN = 180_000;
const ANSWER_WITHIN = 120_000;

interface Answer {
  ready?: string;
  rate?: number;
}

export class Participant {
  private readonly child: ChildProcess;
  private readonly lines: Interface;
  private readonly waiting: {
    resolve: (answer: Answer) => void;
    reject: (error: Error) => void;
  }[] = [];
  private complaint = "";
  /** its name and version */
  name = "";

  private constructor({ command: [program, ...args], env }: Entry) {
    this.child = spawn(program, args, {
      cwd: import.meta.dirname,
      env: { ...process.env, ...env },
    });
    this.child.stderr?.on("data", (data: Buffer) => (this.complaint += data.toString()));
    this.child.on("error", (error) => this.fail(error.message));
    this.child.on("close", () => this.fail(reason(this.complaint)));
    this.child.stdin?.on("error", () => undefined); // the child has ended; `close` tells why
    this.lines = createInterface({
      input: this.child.stdout as NonNullable<ChildProcess["stdout"]>,
    });
    this.lines.on("line", (line) => {
      // Libraries greet on stdout.
      if (line.startsWith("{")) this.waiting.shift()?.resolve(JSON.parse(line) as Answer);
    });
  }

  /** @throws Error with the program's own reason where it cannot start */
  static async start(entry: Entry): Promise<Participant> {
    const participant = new Participant(entry);
    participant.name = (await participant.answer(READY_WITHIN)).ready ?? entry.label;
    return participant;
  }

  /** Steps per second, or GFLOP/s, over about so many seconds. */
  async measure(seconds: number): Promise<number> {
    const answer = this.answer(ANSWER_WITHIN);
    this.child.stdin?.write(`${seconds}\n`);
    return (await answer).rate ?? Number.NaN;
  }

  stop(): void {
    this.child.stdin?.end();
    this.child.kill();
  }

  private answer(within: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.stop();
        reject(new Error(`no answer within ${within / 1000} s`));
      }, within);
      const then =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(late);
          settle(value);
        };
      this.waiting.push({ resolve: then(resolve), reject: then(reject) });
    });
  }

  private fail(message: string): void {
    for (const { reject } of this.waiting.splice(0)) reject(new Error(message));
  }
}

/** The line of an error's output that says what is wrong: `SomeError: ...`, in Python the last. */
export function reason(stderr: string): string {
  const lines = stderr
    .trim()
    .split("\n")
    .map((line) => line.trim());
  const line =
    lines.findLast((l) => /^(\w+\.)*\w*(Error|Exception)\b.*: /.test(l)) ??
    lines.findLast((l) => l !== "") ??
    "it ended without a word";
  return line.replace(/\s+/g, " ").slice(0, 160);
}
