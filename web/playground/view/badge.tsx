/** Which bits the model has, and how anybody gets the same ones in Node. */
import { useState } from "preact/hooks";
import { RECORDED } from "../recorded.js";
import type { RunView } from "../runs.js";
import { countText } from "./texts.js";

/** Where the command leaves its files. */
const FOLDER = "runs/check";

export function Badge({ run }: { run: RunView }) {
  const { digest, facts } = run;
  const recorded = digest?.command === undefined ? undefined : RECORDED[digest.command];
  return (
    <section class="card badge" aria-labelledby="badge-title">
      <header>
        <h2 id="badge-title">Same bits as native</h2>
        {digest !== undefined && recorded !== undefined && (
          <span class={recorded === digest.sha256 ? "equal" : "other"}>
            {recorded === digest.sha256 ? "✓ the recorded digest" : "✗ not the recorded digest"}
          </span>
        )}
      </header>
      {digest === undefined || digest.step === 0 ? (
        <p class="help">
          After any number of steps the parameters here are those of the C++ kernels on your
          machine, to the last bit. Pause and compare; with the settings of the lecture the page
          compares by itself after 2,000 steps.
        </p>
      ) : (
        <>
          <p class="help">
            SHA-256 of all {countText(facts?.parameters ?? 0)} parameters after{" "}
            {countText(digest.step)} steps, computed here by {facts?.machine}:
          </p>
          <code class="digest">{digest.sha256}</code>
          {digest.command === undefined ? (
            <p class="help">
              These learning rates depend on the number of steps: run to the end to compare.
            </p>
          ) : (
            <Check command={digest.command} />
          )}
        </>
      )}
    </section>
  );
}

/** What prints the same digest. */
function Check({ command }: { command: string }) {
  const [copied, setCopied] = useState<string | undefined>();
  const check = `${command} --out ${FOLDER} && sha256sum ${FOLDER}/model.safetensors`;
  return (
    <>
      <p class="help">In Node this prints the same, from the model file of its run folder:</p>
      <div class="command">
        <code>{check}</code>
        <button
          type="button"
          onClick={() => {
            void navigator.clipboard.writeText(check).then(() => setCopied(check));
          }}
        >
          {copied === check ? "Copied" : "Copy"}
        </button>
      </div>
    </>
  );
}
