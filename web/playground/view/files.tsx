/** The run as a file: saved here and gone on with in Node, or the other way round. */
import { useRef } from "preact/hooks";
import type { RunView } from "../runs.js";
import type { Store } from "../store.js";

export const isArchive = ({ name }: File): boolean => /\.zip$/i.test(name);

export function Files({ run, store }: { run: RunView; store: Store }) {
  const file = useRef<HTMLInputElement>(null);
  const open = async (chosen: File | undefined): Promise<void> => {
    if (chosen !== undefined) store.open(chosen.name, new Uint8Array(await chosen.arrayBuffer()));
  };
  return (
    <div class="files">
      <button
        type="button"
        disabled={run.facts === undefined}
        title="The run folder as .zip: npx mm-train --resume --out mm-train-run goes on with it"
        onClick={() => store.save()}
      >
        Save run
      </button>
      <button
        type="button"
        title="The .zip of a run folder, saved here or made by mm-train"
        onClick={() => file.current?.click()}
      >
        Open run
      </button>
      <input
        ref={file}
        type="file"
        accept=".zip"
        hidden
        onChange={(e) => {
          void open(e.currentTarget.files?.[0]);
          e.currentTarget.value = "";
        }}
      />
    </div>
  );
}
