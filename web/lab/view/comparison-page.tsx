/** Chosen runs, one beside the other. */
import type { LabComparison } from "../../../lib/lab/protocol.js";
import { runAddress } from "../route.js";
import { useAnswer } from "../use-answers.js";
import { BelowRuns } from "./below-runs.js";
import { Picture } from "./picture.js";
import { countText, lossText, shown } from "./texts.js";

export function ComparisonPage({ names }: { names: readonly string[] }) {
  const query = new URLSearchParams(names.map((name) => ["run", name])).toString();
  const { answer, problem } = useAnswer<LabComparison>(`compare?${query}`);
  return (
    <BelowRuns>
      <header>
        <h2>Comparison of {names.length} runs</h2>
      </header>
      {[problem, ...(answer?.cautions ?? [])].map(
        (text) =>
          text !== undefined && (
            <p class="notice bad" role="status">
              {shown(text)}
            </p>
          ),
      )}
      {answer !== undefined && <Compared comparison={answer} />}
    </BelowRuns>
  );
}

type Compared = LabComparison["runs"][number];

function Compared({ comparison: { runs, settings, level, chart } }: { comparison: LabComparison }) {
  const lowest = Math.min(...runs.map((run) => run.lowest?.devLoss ?? Infinity));
  return (
    <>
      <section class="card" aria-labelledby="compared-losses">
        <header>
          <h2 id="compared-losses">Losses</h2>
          <p class="note">Per {level}, in nats; lower is better.</p>
        </header>
        <div class="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {["run", "dev", "lowest dev", "train", "steps", "parameters"].map((title) => (
                  <th scope="col">{title}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr>
                  <th scope="row">
                    <Name run={run} />
                  </th>
                  <td>{lossText(run.devLoss)}</td>
                  <td class={run.lowest?.devLoss === lowest ? "best" : undefined}>
                    {lossText(run.lowest?.devLoss)}
                  </td>
                  <td>{lossText(run.trainLoss)}</td>
                  <td>{countText(run.steps)}</td>
                  <td>{countText(run.parameters)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section class="card" aria-label="Losses over steps">
        <Picture alt="Losses of the runs over steps" {...chart} />
      </section>
      <section class="card" aria-labelledby="compared-settings">
        <header>
          <h2 id="compared-settings">Settings that differ</h2>
        </header>
        {settings.length === 0 ? (
          <p class="note">None: the runs have the same settings.</p>
        ) : (
          <div class="scroll" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">setting</th>
                  {runs.map((run) => (
                    <th scope="col">
                      <Name run={run} />
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {settings.map(({ key, values }) => (
                  <tr>
                    <th scope="row">{key}</th>
                    {values.map((value) => (
                      <td>{shown(String(value ?? "–"))}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}

function Name({ run: { name, colors } }: { run: Compared }) {
  const [light, dark] = colors;
  return (
    <>
      <i class="swatch run-color" style={{ "--light": light, "--dark": dark }} />
      <a href={runAddress(name)}>
        <bdi>{shown(name)}</bdi>
      </a>
    </>
  );
}
