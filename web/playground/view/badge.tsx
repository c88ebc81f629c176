/** Which bits the model has, and how anybody gets the same ones in Node. */
import { useState } from "preact/hooks";
import { RECORDED } from "../recorded.js";
import type { RunView } from "../runs.js";
import { countText } from "./texts.js";

/** Where the command leaves its files. */
const FOLDER = "runs/check";

export function Badge({ run }: { run: RunView }) {
  const { digest, facts } = run;
  const [copied, setCopied] = useState(false);
  if (digest === undefined || facts === undefined) return null;
  const { step, sha256, command } = digest;
  const recorded = command === undefined ? undefined : RECORDED[command];
  const check = `${command} --out ${FOLDER} && sha256sum ${FOLDER}/model.safetensors`;
  return (
    <section class="card badge" aria-labelledby="badge-title">
      <header>
        <h2 id="badge-title">Same bits as native</h2>
        {recorded !== undefined && (
          <span class={recorded === sha256 ? "equal" : "other"}>
            {recorded === sha256 ? "✓ equal to the recorded digest" : "✗ not the recorded digest"}
          </span>
        )}
      </header>
      <p class="help">
        SHA-256 of all parameters (model.safetensors) after {countText(step)} steps, computed here
        by: {facts.machine}.
      </p>
      <code class="digest">{sha256}</code>
      {command === undefined ? (
        <p class="help">
          These learning rates are spread over all {countText(facts.steps)} steps: a command can be
          compared at the end.
        </p>
      ) : (
        <>
          <p class="help">The native kernels come to the same on your machine:</p>
          <div class="command">
            <code>{check}</code>
            <button
              type="button"
              onClick={() => {
                void navigator.clipboard.writeText(check).then(() => setCopied(true));
              }}
            >
              {copied ? "Copied" : "Copy"}
            </button>
          </div>
        </>
      )}
    </section>
  );
}
