/**
 * Takes from the worker what reaches beyond it. The page's content security policy holds, too;
 * this gives a cell that tries a plain error, and keeps it from the page's own origin.
 */
const BEYOND = [
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "WebSocketStream",
  "WebTransport",
  "EventSource",
  "BroadcastChannel",
  "Worker",
  "SharedWorker",
  "importScripts",
  "indexedDB",
  "caches",
  "postMessage",
  "close",
];

export function isolate(): void {
  for (const name of BEYOND)
    for (
      let owner: object | null = globalThis;
      owner !== null;
      owner = Object.getPrototypeOf(owner) as object | null
    )
      Reflect.deleteProperty(owner, name);
}
