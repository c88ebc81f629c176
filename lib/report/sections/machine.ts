/** How fast a run was, and on what. */
import { countOf, countText } from "../../count-text.js";
import type { RunRecord } from "../record.js";
import { type Section, table } from "./section.js";

export const machine: Section = ({ record }) => {
  const known = machineFacts(record);
  if (known.length === 0) return undefined;
  return { id: "machine", title: "Machine and speed", body: table(["fact", "value"], known) };
};

/** None of a run that did not say. */
export function machineFacts({
  machine: { seconds, stepsPerSecond, backend, isa, threads, cpu, node },
  config,
}: Pick<RunRecord, "machine" | "config">): [name: string, value: string][] {
  if (seconds === undefined) return [];
  // A resumed run measured the steps of its last session.
  const steps = Math.round(seconds * (stepsPerSecond ?? 0));
  const part =
    steps > 0 && steps < config.stepsDone ? ` for the last ${countOf(steps, "step")}` : "";
  const facts: [string, string | undefined][] = [
    ["training time", `${seconds.toFixed(2)} s${part}`],
    [
      "speed",
      stepsPerSecond === undefined ? undefined : `${countText(Math.round(stepsPerSecond))} steps/s`,
    ],
    [
      "kernels",
      backend === undefined
        ? undefined
        : [backend, isa].filter((name) => name !== undefined).join(", "),
    ],
    ["threads", threads?.toString()],
    ["processor", cpu],
    ["Node", node],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}
