/** All runs, the best first. */
import { useState } from "preact/hooks";
import type { LabRun } from "../../../lib/lab/protocol.js";
import { compareAddress, runAddress } from "../route.js";
import { type Column, firstOrder, type Order, sorted } from "../sorted.js";
import { dateText, lossText, shown, STATES, stepsText } from "./texts.js";

const COLUMNS: readonly (readonly [column: Column, title: string])[] = [
  ["name", "run"],
  ["devLoss", "dev loss"],
  ["lowest", "lowest dev"],
  ["stepsDone", "steps"],
  ["date", "written"],
];

export function RunTable({ runs }: { runs: readonly LabRun[] }) {
  const [order, setOrder] = useState<Order>(firstOrder("devLoss"));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const names = chosen.filter((name) => runs.some((run) => run.name === name));
  const choose = (name: string): void =>
    setChosen(names.includes(name) ? names.filter((each) => each !== name) : [...names, name]);
  const sortBy = (column: Column): void =>
    setOrder(
      order.column === column ? { column, descending: !order.descending } : firstOrder(column),
    );
  const ariaSort = (column: Column) =>
    order.column !== column ? undefined : order.descending ? "descending" : "ascending";
  return (
    <section class="card" aria-labelledby="runs-of-folder">
      <header>
        <h2 id="runs-of-folder">Runs</h2>
        {names.length < 2 ? (
          <p class="note">Choose two or more to compare them.</p>
        ) : (
          <a class="button primary" href={compareAddress(names)}>
            Compare {names.length} runs
          </a>
        )}
      </header>
      <table class="list">
        <thead>
          <tr>
            <td />
            {COLUMNS.map(([column, title]) => (
              <th scope="col" class={column} aria-sort={ariaSort(column)}>
                <button type="button" onClick={() => sortBy(column)}>
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        {sorted(runs, order).map((run) => (
          <Rows
            key={run.name}
            run={run}
            isChosen={names.includes(run.name)}
            onChoose={() => choose(run.name)}
          />
        ))}
      </table>
    </section>
  );
}

interface RowsProps {
  readonly run: LabRun;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

/** Its numbers, and below them what is said of it, over the whole width. */
function Rows({ run, isChosen, onChoose }: RowsProps) {
  const { name, state, devLoss, lowest, date, problem, verdict, differs } = run;
  return (
    <tbody class={state}>
      <tr>
        <td>
          <input
            type="checkbox"
            checked={isChosen}
            disabled={state === "damaged"}
            aria-label={`Choose ${shown(name)}`}
            onChange={onChoose}
          />
        </td>
        <th scope="row">
          <a href={runAddress(name)}>
            <bdi>{shown(name)}</bdi>
          </a>
          <State run={run} />
        </th>
        <td class="devLoss">{lossText(devLoss)}</td>
        <td class="lowest">{lossText(lowest)}</td>
        <td class="stepsDone">{stepsText(run)}</td>
        <td class="date">{state === "damaged" ? "–" : dateText(date)}</td>
      </tr>
      {(problem ?? verdict ?? differs[0]) !== undefined && (
        <tr class="said">
          <td />
          <td colSpan={COLUMNS.length}>
            {problem !== undefined && <p class="warning">{shown(problem)}</p>}
            {verdict !== undefined && <p class="warning">{verdict}</p>}
            <p class="differs">
              {differs.map((option) => (
                <code>{shown(option)}</code>
              ))}
            </p>
          </td>
        </tr>
      )}
    </tbody>
  );
}

export function State({ run: { state } }: { run: Pick<LabRun, "state"> }) {
  return state === "done" ? null : <span class={`state ${state}`}>{STATES[state]}</span>;
}
