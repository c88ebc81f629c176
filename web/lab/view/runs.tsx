/** The runs of the machine, which `mm-train lab` tells of. */
import { useEffect, useRef } from "preact/hooks";
import "./runs.css";
import type { RunList } from "../../../lib/lab/protocol.js";
import type { ViewProps } from "../../page/view.js";
import { readShown, SWEEP } from "../route.js";
import { useAnswers } from "../use-answers.js";
import { ComparisonPage } from "./comparison-page.js";
import { RunPage } from "./run-page.js";
import { RunTable } from "./run-table.js";
import { SweepPage } from "./sweep-page.js";

export function Runs({ query, onQuery }: ViewProps) {
  const root = useRef<HTMLDivElement>(null);
  const shown = readShown(query);
  useEffect(() => onQuery(query), [query]);
  return (
    <div class="lab" ref={root}>
      {shown.kind === "run" && <RunPage name={shown.name} root={root} />}
      {shown.kind === "compare" && <ComparisonPage names={shown.names} />}
      {shown.kind === "sweep" && <SweepPage root={root} />}
      {shown.kind === "list" && <List root={root} />}
    </div>
  );
}

function List({ root }: { root: { current: HTMLElement | null } }) {
  const { answer, problem } = useAnswers<RunList>("runs", root);
  return (
    <>
      {problem !== undefined && (
        <p class="notice bad" role="status">
          {problem}
        </p>
      )}
      {answer?.sweep === true && (
        <p class="card">
          These are the runs of a sweep: <a href={SWEEP}>its trials, ranked and compared</a>
        </p>
      )}
      {answer?.runs.length === 0 && (
        <p class="card">
          There are no runs yet: <code>npx mm-train</code> makes one, which is shown here while it
          trains.
        </p>
      )}
      {answer !== undefined && answer.runs.length > 0 && <RunTable runs={answer.runs} />}
    </>
  );
}
