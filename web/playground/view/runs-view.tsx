/** Earlier runs, in the picture as faint curves. */
import { describe } from "../describe.js";
import { latestDev, type RunView } from "../runs.js";
import type { Store } from "../store.js";
import { colourOf } from "./colours.js";
import { countText, lossText } from "./texts.js";

export function RunsView({ past, store }: { past: readonly RunView[]; store: Store }) {
  if (past.length === 0) return null;
  return (
    <section class="card runs" aria-labelledby="runs-title">
      <header>
        <h2 id="runs-title">Earlier runs</h2>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">settings</th>
            <th scope="col">steps</th>
            <th scope="col">dev loss</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {past.map((run) => {
            const dev = latestDev(run);
            return (
              <tr key={run.id}>
                <th scope="row">
                  <i class="swatch" style={{ background: colourOf(run.id) }} />
                  {describe(run)}
                </th>
                <td>{countText(run.step)}</td>
                <td>{dev === undefined ? "–" : lossText(dev.loss)}</td>
                <td class="buttons">
                  <button type="button" title="Go on with this run" onClick={() => store.back(run)}>
                    Go on
                  </button>
                  <button
                    type="button"
                    aria-label={`Remove the run ${describe(run)}`}
                    title="Remove"
                    onClick={() => store.forget(run)}
                  >
                    ×
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
