/** The playground: settings on the left, what the model learns on the right. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import "./playground.css";
import { readAddress, runIn } from "../address.js";
import type { ViewProps } from "../../page/view.js";
import { connect } from "../connect.js";
import { download } from "../download.js";
import { BrowserRuns } from "../keep/browser-runs.js";
import { Keeper } from "../keep/keeper.js";
import type { Command, List } from "../protocol.js";
import { aboutSetting } from "../settings.js";
import { Store } from "../store.js";
import { Badge } from "./badge.js";
import { Controls } from "./controls.js";
import { Files, isArchive } from "./files.js";
import { EmbeddingView } from "./embedding-view.js";
import { KeptView } from "./kept-view.js";
import { ListPanel, listOf } from "./list-panel.js";
import { LossChart } from "./loss-chart.js";
import { NamesView } from "./names-view.js";
import { NextView } from "./next-view.js";
import { RunsView } from "./runs-view.js";
import { SettingsPanel } from "./settings-panel.js";
import { Share } from "./share.js";
import { useStore } from "./use-store.js";

/** A run's archive is opened, anything else is a list. */
async function take(file: File, store: Store): Promise<void> {
  if (isArchive(file)) store.open(file.name, new Uint8Array(await file.arrayBuffer()));
  else store.choose(await listOf(file));
}

/** What a reader does with a saved run. */
const howToGoOn = (list: List): string =>
  "Saved. Node goes on with it to the same bits: unzip it, then npx mm-train --resume " +
  `--out mm-train-run${list.kind === "names" ? "" : ` --data mm-train-run/list/${list.name}`}`;

/** A page that is hidden may be closed next; one that loses something asks first. */
function keepOnLeaving(keeper: Keeper): () => void {
  const onHidden = (): void => keeper.look(document.hidden);
  const onLeaving = (event: BeforeUnloadEvent): void => {
    if (keeper.wouldLose) event.preventDefault();
  };
  document.addEventListener("visibilitychange", onHidden);
  addEventListener("beforeunload", onLeaving);
  return () => {
    document.removeEventListener("visibilitychange", onHidden);
    removeEventListener("beforeunload", onLeaving);
  };
}

interface Props extends ViewProps {
  /** the run folder of a run of the machine, as .zip, where there is a server that has it */
  readonly archiveOf?: (run: string) => Promise<Uint8Array>;
}

export function Playground({ query, onQuery, archiveOf }: Props) {
  const runOf = (query: string) => (archiveOf === undefined ? undefined : runIn(query));
  const [store, keeper] = useMemo(() => {
    const connection = connect(
      (report) => {
        if (report.kind === "kept" || report.kind === "notKept") void keeper.hear(report);
        else made.hear(report);
      },
      (message) => made.notice(message),
    );
    const send = (command: Command): void => connection.send(command);
    const made: Store = new Store(
      readAddress(runOf(query) === undefined ? query : ""),
      send,
      (name, bytes) => {
        download(name, bytes);
        made.notice(howToGoOn(made.state.current.list));
      },
    );
    const keeper = new Keeper(made, new BrowserRuns(), send);
    return [made, keeper];
  }, []);
  useEffect(() => keepOnLeaving(keeper), [keeper]);
  const { current, past, prefix, notices } = useStore(store);
  const [dropping, setDropping] = useState(false);
  useEffect(() => onQuery(store.address), [current.settings, current.list]);
  // Another address that was typed or followed; the store began with the first one.
  const visited = useRef<string | undefined>(runOf(query) === undefined ? query : undefined);
  useEffect(() => {
    const isNew = query !== visited.current && query !== store.address;
    visited.current = query;
    if (!isNew) return;
    const run = runOf(query);
    if (run === undefined) return store.visit(readAddress(query));
    void archiveOf?.(run).then(
      (bytes) => store.open(`${run}.zip`, bytes),
      (error: Error) => store.notice(`${run}: ${error.message}`),
    );
  }, [query]);
  return (
    <div
      class={`playground${dropping ? " dropping" : ""}`}
      onDragOver={(e) => {
        e.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(e) => {
        e.preventDefault();
        setDropping(false);
        const file = e.dataTransfer?.files[0];
        if (file !== undefined) void take(file, store);
      }}
    >
      <Controls run={current} store={store}>
        <Files run={current} store={store} />
        <Share list={current.list} />
      </Controls>
      {notices.map((notice) => (
        <p class="notice" role="status">
          {notice}
        </p>
      ))}
      <KeptView keeper={keeper} onProblem={(message) => store.notice(message)} />
      {current.problem !== undefined && aboutSetting(current.problem) === undefined && (
        <p class="notice bad" role="alert">
          {current.problem}
        </p>
      )}
      <div class="columns">
        <div class="column left">
          <ListPanel run={current} store={store} />
          <SettingsPanel run={current} store={store} />
        </div>
        <div class="column main">
          <LossChart run={current} past={past} />
          <RunsView past={past} store={store} />
          <NamesView run={current} />
          <Badge run={current} />
        </div>
        <div class="column right">
          <EmbeddingView run={current} />
          <NextView run={current} prefix={prefix} store={store} />
        </div>
      </div>
    </div>
  );
}
