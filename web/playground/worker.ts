/** The worker of the playground: commands of the page come in, reports go out. */
import { Engine } from "./engine/engine.js";
import type { Command, Report } from "./protocol.js";

/** What a worker has of its own; the types of a page do not know it. */
declare const self: Pick<Worker, "postMessage" | "onmessage">;

/** Of large reports, whose memory goes over to the page. */
const memoryOf = (report: Report): Transferable[] =>
  report.kind === "frame"
    ? [report.losses.buffer, report.embedding.buffer]
    : report.kind === "saved" || report.kind === "kept"
      ? [report.bytes.buffer]
      : [];

const engine = new Engine((report) => self.postMessage(report, memoryOf(report)), "/");
self.onmessage = ({ data }: MessageEvent<Command>) => engine.handle(data);
