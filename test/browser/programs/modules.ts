/** What a browser has in place of Node's modules. */
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";

export * as buffer from "node:buffer";
export * as crypto from "node:crypto";
export * as fs from "node:fs";
export * as zlib from "node:zlib";
export const path = { basename, dirname, extname, isAbsolute, join, relative, resolve };
