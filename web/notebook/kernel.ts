/** The worker that runs the cells of a notebook. */
import "./kernel/global.js";
import { Buffer } from "../node/buffer.js";
import * as library from "../../lib/index.js";
import { compileCell } from "./kernel/compile.js";
import { isGone } from "./kernel/guard.js";
import { Interrupter } from "./kernel/interrupt.js";
import { isolate } from "./kernel/isolate.js";
import { createNodeModules, createProcess } from "./kernel/node-modules.js";
import { Session } from "./kernel/session.js";
import type { FromKernel, ToKernel } from "./protocol.js";
import type { Start } from "./start.js";

function start({ port, guard: probe }: Start): void {
  const send = (message: FromKernel): void => port.postMessage(message);
  const interruptsLoops = !isGone(probe);
  let guard = probe;
  isolate();

  const modules = { "mm-train": library, ...createNodeModules((svg) => session.draw(svg)) };
  const session: Session = new Session(
    modules,
    (cell, shown) => send({ type: "shown", cell, shown }),
    compileCell,
    new Interrupter(interruptsLoops ? () => isGone(guard) : undefined),
  );
  const process = createProcess((stream, text) => session.print(stream, text));
  Object.assign(globalThis, { console: session.console, process, Buffer });

  /** Promises that fail with nobody waiting. */
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    session.console.error("Unhandled rejection:", event.reason);
  });
  // What a timer of a cell printed after the cell's end.
  setInterval(() => session.flush(), 200);

  port.onmessage = async ({ data }: MessageEvent<ToKernel>) => {
    if (data.type === "interrupt") return session.interrupter.request();
    guard = data.guard;
    const ran = await session.run(data.cell, data.source);
    send({ type: "ran", cell: data.cell, ran });
  };
  send({ type: "ready", backend: library.backend(), interruptsLoops });
}

addEventListener("message", ({ data }: MessageEvent<Start>) => start(data), { once: true });
