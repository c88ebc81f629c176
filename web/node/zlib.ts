/** node:zlib */
import { Buffer } from "buffer";
import { gunzipSync as gunzip } from "fflate";

export const gunzipSync = (bytes: Uint8Array): Buffer => Buffer.from(gunzip(bytes));
