/** One run: as it trains, and what it ended with. */
import { type RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LiveNews, RunDetails, RunResult } from "../../../lib/lab/protocol.js";
import type { SettingRow } from "../../../lib/report/sections/settings.js";
import { type LiveRun, NO_NEWS, stepOf, withNews } from "../live-run.js";
import { playgroundAddress } from "../route.js";
import { ask, Gone, runPath } from "../server.js";
import { isSeen, repeatedly, useAnswer } from "../use-answers.js";
import { LiveChart } from "./live-chart.js";
import { BelowRuns } from "./below-runs.js";
import { Picture } from "./picture.js";
import { State } from "./run-table.js";
import { countText, shown } from "./texts.js";

export function RunPage({ name, root }: { name: string; root: RefObject<HTMLElement> }) {
  const { live, problem: lost } = useLive(name, root);
  const { answer: run, problem } = useAnswer<RunDetails>(runPath(name), live.state);
  const isLive = live.state === "training";
  const done = Math.max(stepOf(live), run?.stepsDone ?? 0);
  const steps = live.steps ?? run?.steps;
  return (
    <BelowRuns>
      <header>
        <h2>
          <bdi>{shown(name)}</bdi> <State run={live} />
        </h2>
        {run?.about !== undefined && <p class="note">{shown(run.about)}</p>}
        {run?.command !== undefined && <OpenInPlayground run={run} />}
      </header>
      {[problem, lost, run?.problem, run?.verdict && `The dev loss is ${run.verdict}.`]
        .filter((text) => text !== undefined && text !== "")
        .map((text) => (
          <p class="notice bad" role="status">
            {shown(String(text))}
          </p>
        ))}
      {live.endedHere && (
        <p class="notice" role="status">
          {live.state === "done"
            ? "The training has ended."
            : "The training was stopped; what it had learned at its last checkpoint is kept."}
        </p>
      )}
      {isLive && (
        <p class="progress">
          <progress value={done} max={steps ?? 1} aria-label="Steps done" />
          {countText(done)}
          {steps === undefined ? "" : ` of ${countText(steps)}`} steps
        </p>
      )}
      {(isLive || (run?.result === undefined && stepOf(live) > 0)) && <LiveChart run={live} />}
      {run?.result !== undefined && <Result result={run.result} />}
      {run?.command !== undefined && <Repeat command={run.command} settings={run.settings} />}
    </BelowRuns>
  );
}

function OpenInPlayground({ run: { name, notForPlayground } }: { run: RunDetails }) {
  if (notForPlayground !== undefined)
    return <p class="note">Not for the playground: {shown(notForPlayground)}.</p>;
  return (
    <a class="button" href={playgroundAddress(name)}>
      Open in playground
    </a>
  );
}

/** What is measured, until the run has ended and all of it is here. */
function useLive(name: string, root: RefObject<HTMLElement>) {
  const [live, setLive] = useState<LiveRun & { name: string }>({ ...NO_NEWS, name });
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let run = NO_NEWS;
    setProblem(undefined);
    return repeatedly(
      async () => {
        try {
          const cursor = encodeURIComponent(run.cursor);
          run = withNews(run, await ask<LiveNews>(`${runPath(name)}/live?cursor=${cursor}`));
          setLive({ ...run, name });
          setProblem(undefined);
        } catch (error) {
          setProblem((error as Error).message);
          return error instanceof Gone ? "again" : "enough";
        }
        return run.more ? "at once" : run.state === "training" ? "again" : "enough";
      },
      () => isSeen(root),
    );
  }, [name]);
  return { live: live.name === name ? live : NO_NEWS, problem };
}

/** By the names of the charts' files. */
const CHARTS: Readonly<Record<string, string>> = {
  "loss.svg": "Losses over steps",
  "embedding.svg": "Where training put each token",
  "find-lr.svg": "The learning rates that were tried",
};

function Result({ result }: { result: RunResult }) {
  const { facts, level, losses, charts, samples, machine } = result;
  const columns = ["model", "train", "dev", ...(level === "word" ? ["perplexity"] : [])];
  return (
    <>
      <dl class="facts card">
        {facts.map(([term, value]) => (
          <div>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <section class="card" aria-labelledby="run-losses">
        <header>
          <h2 id="run-losses">Losses</h2>
          <p class="note">Per {level}, in nats; lower is better.</p>
        </header>
        <table>
          <thead>
            <tr>
              {columns.map((title) => (
                <th scope="col">{title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {losses.map(({ name, train, dev, perplexity, remark }) => (
              <tr>
                <th scope="row">
                  {name}
                  {remark !== "" && <p class="differs">{remark}</p>}
                </th>
                <td>{train}</td>
                <td>{dev}</td>
                {level === "word" && <td>{perplexity}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div class="charts">
        {charts.map(({ name, ...svg }) => (
          <section class="card" aria-label={CHARTS[name] ?? name}>
            <Picture alt={CHARTS[name] ?? name} {...svg} />
          </section>
        ))}
      </div>
      {samples.length > 0 && (
        <section class="card" aria-labelledby="run-samples">
          <header>
            <h2 id="run-samples">Made up</h2>
          </header>
          <ul class={level === "word" ? "samples sentences" : "samples"}>
            {samples.map((text) => (
              <li>
                <bdi>{shown(text)}</bdi>
              </li>
            ))}
          </ul>
        </section>
      )}
      {machine.length > 0 && (
        <p class="note">{machine.map(([term, value]) => `${term} ${shown(value)}`).join(", ")}</p>
      )}
    </>
  );
}

function Repeat({ command, settings }: { command: string; settings: readonly SettingRow[] }) {
  const own = settings.filter(({ differs }) => differs);
  const rest = settings.filter(({ differs }) => !differs);
  return (
    <section class="card" aria-labelledby="run-repeat">
      <header>
        <h2 id="run-repeat">Repeat this run</h2>
      </header>
      <pre tabIndex={0}>
        <code>{shown(command)}</code>
      </pre>
      {own.length > 0 && <Settings rows={own} />}
      <details>
        <summary>{rest.length} settings at their defaults</summary>
        <Settings rows={rest} />
      </details>
    </section>
  );
}

function Settings({ rows }: { rows: readonly SettingRow[] }) {
  return (
    <table class="settings-of-run">
      <tbody>
        {rows.map(({ key, value, meaning }) => (
          <tr>
            <th scope="row">
              {key}
              <p class="differs">{meaning}</p>
            </th>
            <td>
              <code>{shown(value)}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
