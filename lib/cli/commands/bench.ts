/** `mm-train bench`: how fast this machine is at it */
import { Command, Option } from "commander";
import {
  bench,
  type BenchEvent,
  type Group,
  GROUPS,
  headingLine,
  type Machine,
  rowLine,
  type Section,
} from "../../bench/index.js";
import { cellText } from "../../bench/table.js";
import { addJsonOption, asNumber, wholeNumber } from "../options.js";
import { say, sayJson } from "../terminal/say.js";

interface Options {
  only?: Group[];
  quick?: true;
  full?: true;
  threads?: unknown;
  json?: true;
}

export function benchCommand(): Command {
  const command = new Command("bench")
    .description(
      "measure products, kernels, training steps, data, sampling and start-up on this machine",
    )
    .addOption(new Option("--only <groups...>", "these groups only").choices(GROUPS))
    .option("--quick", "a few seconds: does it run? (imprecise)")
    .option("--full", "also what takes minutes: plain JavaScript at the largest size")
    .addOption(
      new Option("--threads <n>", "the number of threads beside 1 (default: 2)").argParser(
        asNumber,
      ),
    );
  return addJsonOption(command).action(({ json, threads, ...options }: Options) => {
    const many = threads === undefined ? undefined : wholeNumber("--threads", threads, 1, 256);
    const print = json ? sayJson : printer();
    for (const event of bench({ ...options, threads: many })) print(event);
  });
}

function printer(): (event: BenchEvent) => void {
  let section: Section | undefined;
  return (event) => {
    if (event.event === "machine") say(machineLines(event));
    else if (event.event === "section") {
      section = event;
      const note = event.note === undefined ? [] : [`(${event.note})`];
      say(["", event.title, ...note, headingLine(event.columns)]);
    } else if (section !== undefined) say(rowLine(section.columns, event));
  };
}

function machineLines({ cpu, cores, node, isa, threads, fmaPeak, load, busy }: Machine): string[] {
  const peak =
    fmaPeak === null
      ? "no native kernels"
      : `FMA peak ${cellText(fmaPeak, "GFLOP/s")} GFLOP/s of a core`;
  const lines = [
    `${cpu}, ${cores} cores, Node ${node}, kernels ${isa}, threads ${threads}, ${peak}, load ` +
      `${load.toFixed(2)}`,
  ];
  if (busy)
    lines.push("warning: other programs are running: these are the results of a busy machine");
  lines.push("median (lowest..highest) of the rounds; what is compared took turns");
  return lines;
}
