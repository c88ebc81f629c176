/** Runs of earlier visits, which the browser kept. */
import { useEffect, useState } from "preact/hooks";
import type { Keeper } from "../keep/keeper.js";
import type { KeptRun } from "../keep/kept-runs.js";
import { countText, whenText } from "./texts.js";

interface Props {
  readonly keeper: Keeper;
  readonly onProblem: (message: string) => void;
}

/** The latest; the others are there when they are asked for. */
const SHOWN = 2;

export function KeptView({ keeper, onProblem }: Props) {
  const [runs, setRuns] = useState<readonly KeptRun[]>([]);
  useEffect(() => void keeper.offered().then(setRuns), [keeper]);
  const without = (run: KeptRun): void => setRuns(runs.filter((other) => other !== run));
  const goOn = (run: KeptRun): void =>
    void keeper.goOn(run).then(
      () => without(run),
      (error: Error) => onProblem(error.message),
    );
  if (runs.length === 0) return null;
  const row = (run: KeptRun) => (
    <li key={run.key}>
      <span>
        The run of {whenText(run.date)}: {run.about}, {countText(run.step)} of{" "}
        {countText(run.steps)} steps
      </span>
      <span class="buttons">
        <button type="button" onClick={() => goOn(run)}>
          Go on
        </button>
        <button
          type="button"
          aria-label={`Remove the run of ${whenText(run.date)}`}
          title="Remove"
          onClick={() => {
            keeper.remove(run);
            without(run);
          }}
        >
          ×
        </button>
      </span>
    </li>
  );
  return (
    <section class="notice kept" aria-label="Runs that this browser kept">
      <ul>{runs.slice(0, SHOWN).map(row)}</ul>
      {runs.length > SHOWN && (
        <details>
          <summary>{runs.length - SHOWN} more</summary>
          <ul>{runs.slice(SHOWN).map(row)}</ul>
        </details>
      )}
    </section>
  );
}
