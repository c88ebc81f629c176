/** How a reader finds the same bits in Node. */
import { encodeSafetensors } from "../../../lib/run/disk/safetensors.js";
import { sha256 } from "../../../lib/run/disk/sums.js";
import { followSteps } from "../../../lib/run/settings/config.js";
import { repeatCommand } from "../../../lib/report/pages/repeat-command.js";
import { spansTraining } from "../../../lib/train/schedule.js";
import type { Training } from "./training.js";

/** SHA-256 of the model.safetensors that a run folder would have now. */
export const modelDigest = ({ model, trainer }: Training): string =>
  sha256(encodeSafetensors(model.stateDict(), { step: String(trainer.step) }));

/** What only decides when losses are measured, and which words are made up at the end. */
const WITHOUT_EFFECT = [
  "logEvery",
  "evalEvery",
  "checkpointEvery",
  "evalExamples",
  "samples",
  "sampleSeed",
];

/**
 * The command that trains to where a run is now; undefined where it would stop at other learning
 * rates, which are spread over all steps.
 */
export function commandTo({ config, trainer }: Training, step = trainer.step): string | undefined {
  if (step < config.steps && spansTraining(config.lr)) return undefined;
  const { data } = config;
  const file = data === null || data === "names" ? data : data.replace(/^.*\//, "");
  const until = {
    ...config,
    ...followSteps({ ...config, data: "names", steps: step }, {}),
    data: file,
  };
  return repeatCommand(until, "npx mm-train", WITHOUT_EFFECT);
}
