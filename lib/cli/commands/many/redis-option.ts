/** The option that names a Redis: where a queue of sweeps is. */
import type { Command } from "commander";
import { UsageError } from "../../../errors.js";
import { checkRedisUrl } from "../../../sweep/queue/redis.js";

const VARIABLE = "MM_REDIS";

export const addRedisOption = (command: Command): Command =>
  command.option(
    "--redis [url]",
    `redis://HOST:PORT, or rediss:// with TLS (default: the variable ${VARIABLE}, which may ` +
      "hold a password)",
  );

/**
 * The address that was given, or that of the environment.
 * @throws UsageError for a password on the command line: every user sees it in the list of
 *   processes
 */
export function redisUrl(given: string | true): string {
  if (given !== true) {
    const url = checkRedisUrl("--redis", given);
    if (new URL(url).password === "") return url;
    throw new UsageError(
      "--redis: expected no password on the command line, where others see it: set " +
        `${VARIABLE} to the whole address, and leave it out here`,
    );
  }
  const { [VARIABLE]: url } = process.env;
  if (url === undefined || url === "")
    throw new UsageError(`--redis: expected an address, or the variable ${VARIABLE}`);
  return checkRedisUrl(VARIABLE, url);
}
