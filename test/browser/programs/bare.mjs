/**
 * Runs a bundle with nothing but what every browser's pages and workers have: `bare.mjs FILE`. What
 * Node has besides is gone before the bundle is loaded, so that it fails where it asks for it.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createContext, runInContext, runInThisContext } from "node:vm";

const OF_THE_LANGUAGE = runInContext("Object.getOwnPropertyNames(globalThis)", createContext());
const OF_THE_WEB =
  "AbortController AbortSignal Blob DOMException Event EventTarget MessageChannel MessagePort " +
  "TextDecoder TextEncoder URL URLSearchParams atob btoa clearInterval clearTimeout console " +
  "crypto performance queueMicrotask setInterval setTimeout structuredClone";

const file = process.argv[2];
const kept = new Set([...OF_THE_LANGUAGE, ...OF_THE_WEB.split(" ")]);
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (!kept.has(name) && !Reflect.deleteProperty(globalThis, name))
    throw new Error(`${name} cannot be removed`);
}

if (file.endsWith(".mjs")) await import(pathToFileURL(file).href);
else runInThisContext(readFileSync(file, "utf8"), { filename: file });
