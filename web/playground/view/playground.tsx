/** The playground: settings on the left, what the model learns on the right. */
import { useEffect, useMemo, useState } from "preact/hooks";
import "./playground.css";
import { readAddress } from "../address.js";
import { connect } from "../connect.js";
import { download } from "../download.js";
import type { Command } from "../protocol.js";
import { aboutSetting } from "../settings.js";
import { Store } from "../store.js";
import { Badge } from "./badge.js";
import { Controls } from "./controls.js";
import { Files, isArchive } from "./files.js";
import { EmbeddingView } from "./embedding-view.js";
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

interface Props {
  /** what stands behind the view's name in the address, at first */
  readonly query: string;
  /** called when the settings change */
  readonly onQuery: (query: string) => void;
}

export function Playground({ query, onQuery }: Props) {
  const store = useMemo(() => {
    const connection = connect(
      (report) => made.hear(report),
      (message) => made.notice(message),
    );
    const send = (command: Command): void => connection.send(command);
    const made = new Store(readAddress(query), send, download);
    return made;
  }, []);
  const { current, past, prefix, notices } = useStore(store);
  const [dropping, setDropping] = useState(false);
  useEffect(() => onQuery(store.address), [current.settings, current.list]);
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
