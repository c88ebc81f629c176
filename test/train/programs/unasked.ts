/**
 * Prints the codes that long trainings end with, where no binary loads: not asked for, and after
 * asking for the reference backend.
 */
import { type MmError, setBackend, train } from "../../../lib/index.js";

const code = (): Promise<string> =>
  train({ data: "no-such-file.txt" }).then(
    () => "done",
    (error: MmError) => error.code,
  );

const unasked = await code();
setBackend("reference");
process.stdout.write(JSON.stringify({ unasked, asked: await code() }));
