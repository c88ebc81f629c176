/** The kernel as the page sees it: a worker that can be started again. */
import type { FromKernel, ToKernel } from "../protocol.js";
import type { Start } from "../start.js";
import { plainRan, plainShown } from "./plain.js";
import type { CellRunner, KernelEvents } from "./kernel-events.js";

export class Kernel implements CellRunner {
  readonly #startWorker: () => Promise<Worker>;
  readonly #events: KernelEvents;
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #guard: string | undefined;
  /** of starts, so that what an older one still says is not heard */
  #generation = 0;

  constructor(startWorker: () => Promise<Worker>, events: KernelEvents) {
    this.#startWorker = startWorker;
    this.#events = events;
  }

  /** Also ends the one that runs: its variables are gone. */
  async start(): Promise<void> {
    this.stop();
    const generation = this.#generation;
    this.#events.state({ kind: "starting" });
    try {
      const worker = await this.#startWorker();
      if (generation !== this.#generation) return worker.terminate();
      this.#worker = worker;
      this.#connect(worker, generation);
    } catch (error) {
      this.#fail(generation, (error as Error).message);
    }
  }

  stop(): void {
    this.#generation += 1;
    this.#worker?.terminate();
    this.#port?.close();
    this.#worker = this.#port = undefined;
    this.#release();
  }

  run(cell: string, source: string): void {
    this.#release();
    this.#guard = makeGuard();
    this.#send({ type: "run", cell, source, guard: this.#guard });
  }

  /** The cell ends at its next turn of a loop, or where it waits; never within a long call. */
  interrupt(): void {
    this.#release();
    this.#send({ type: "interrupt" });
  }

  #connect(worker: Worker, generation: number): void {
    const { port1, port2 } = new MessageChannel();
    const probe = makeGuard();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<FromKernel>) => {
      if (generation !== this.#generation) return;
      if (data.type === "shown") this.#events.shown(String(data.cell), plainShown(data.shown));
      else if (data.type === "ran") {
        this.#release();
        this.#events.ran(String(data.cell), plainRan(data.ran));
      } else {
        URL.revokeObjectURL(probe);
        const { backend, interruptsLoops } = data;
        this.#events.state({ kind: "ready", backend: String(backend), interruptsLoops });
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(generation, event.message);
    };
    const message: Start = { port: port2, guard: probe };
    worker.postMessage(message, [port2]);
  }

  #fail(generation: number, message: string): void {
    if (generation !== this.#generation) return;
    this.stop();
    this.#events.state({ kind: "failed", message: message || "it could not be started" });
  }

  #release(): void {
    if (this.#guard !== undefined) URL.revokeObjectURL(this.#guard);
    this.#guard = undefined;
  }

  #send(message: ToKernel): void {
    this.#port?.postMessage(message);
  }
}

const makeGuard = (): string => URL.createObjectURL(new Blob(["runs"], { type: "text/plain" }));
