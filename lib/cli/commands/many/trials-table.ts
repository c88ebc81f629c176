/** The trials of a sweep as `sweep` and `compare` print them. */
import { countOf, countText } from "../../../count-text.js";
import { stateText, stepsOf } from "../../../report/sweep/sweep-table.js";
import type { RankedTrial } from "../../../sweep/index.js";
import { settingsText } from "../../../sweep/space/trials.js";
import { say, sayTable } from "../../terminal/say.js";
import { styled } from "../../terminal/style.js";

/** Of the table, without --json. */
const SHOWN = 10;

/** From the best on. @param where the others can be seen */
export function printTrials(trials: readonly RankedTrial[], where: string): void {
  sayTable([
    ["settings", "dev loss", "steps"].map((text) => styled("heading", text)),
    ...trials
      .slice(0, SHOWN)
      .map((trial) => [settingsText(trial.settings) || "(fixed)", lossText(trial), endOf(trial)]),
  ]);
  const more = trials.length - SHOWN;
  if (more > 0) say(`and ${countOf(more, "more trial")}: ${where}`);
}

/** Mean and standard deviation. */
function lossText({ loss, deviation }: RankedTrial): string {
  const spread = deviation === undefined ? "" : ` ±${deviation.toFixed(4)}`;
  return loss === undefined ? "-" : loss.toFixed(4) + spread;
}

/** Steps, and why they are not all. */
function endOf(trial: RankedTrial): string {
  const [steps, state] = [stepsOf(trial), stateText(trial)];
  if (trial.loss === undefined && (steps === 0 || state.endsWith("diverged"))) return state;
  return state === "" ? countText(steps) : `${countText(steps)}, ${state}`;
}

export const jsonTrial = ({
  number,
  settings,
  runs,
  rung,
  finished,
  loss,
  deviation,
}: RankedTrial) => ({
  trial: number,
  settings,
  devLoss: loss,
  deviation,
  rung,
  finished,
  runs,
});
