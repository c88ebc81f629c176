/** The sweep whose runs are shown: its trials from the best on, its charts, what mattered. */
import { useRef } from "preact/hooks";
import type { LabSweep } from "../../../lib/lab/protocol.js";
import { compareAddress, runAddress } from "../route.js";
import { useAnswers } from "../use-answers.js";
import { BelowRuns } from "./below-runs.js";
import { Picture } from "./picture.js";
import { countText, lossText, shown } from "./texts.js";

export function SweepPage({ root }: { root: { current: HTMLElement | null } }) {
  const { answer, problem } = useAnswers<LabSweep>("sweep", root);
  return (
    <BelowRuns>
      <header>
        <h2>Sweep{answer === undefined ? "" : ` of ${countText(answer.trials.length)} trials`}</h2>
        {answer !== undefined && <p class="note">{shown(answer.about)}</p>}
      </header>
      {problem !== undefined && (
        <p class="notice bad" role="status">
          {shown(problem)}
        </p>
      )}
      {answer !== undefined && <Trials sweep={answer} />}
      {answer?.charts.map(({ name, wide, narrow }) => (
        <section class="card" aria-label={name}>
          <Picture alt={name} wide={wide} narrow={narrow} />
        </section>
      ))}
      {answer !== undefined && answer.importance.length > 0 && (
        <section class="card" aria-labelledby="sweep-importance">
          <header>
            <h2 id="sweep-importance">What mattered</h2>
            <p class="note">
              The part of the differences between trials that each setting explains by itself.
            </p>
          </header>
          <table>
            <tbody>
              {answer.importance.map(({ key, share }) => (
                <tr>
                  <th scope="row">{key}</th>
                  <td>{Math.round(100 * share)} %</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </BelowRuns>
  );
}

/** So many trials are shown before the others are asked for. */
const SHOWN = 20;

function Trials({ sweep: { settings, trials } }: { sweep: LabSweep }) {
  const scroll = useRef<HTMLDivElement>(null);
  const rows = (some: LabSweep["trials"], from: number) => (
    <div class="scroll" tabIndex={0} ref={scroll}>
      <table>
        <thead>
          <tr>
            {["rank", "dev", "±", ...settings, "steps", "runs"].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {some.map((trial, i) => (
            <tr>
              <th scope="row">{from + i + 1}</th>
              <td>{trial.devLoss === undefined ? shown(trial.state) : lossText(trial.devLoss)}</td>
              <td>{lossText(trial.deviation)}</td>
              {trial.values.map((value) => (
                <td>{shown(value || "–")}</td>
              ))}
              <td>{countText(trial.steps)}</td>
              <td>
                <Runs names={trial.runs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
  return (
    <section class="card" aria-label="Trials">
      {rows(trials.slice(0, SHOWN), 0)}
      {trials.length > SHOWN && (
        <details>
          <summary>{countText(trials.length - SHOWN)} more trials</summary>
          {rows(trials.slice(SHOWN), SHOWN)}
        </details>
      )}
    </section>
  );
}

function Runs({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <>–</>;
  if (names.length === 1) return <a href={runAddress(names[0])}>run</a>;
  return <a href={compareAddress(names)}>{countText(names.length)} runs</a>;
}
