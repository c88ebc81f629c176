/** Run, step, reset, and how far it is. */
import type { ComponentChildren } from "preact";
import { isRunning, type RunView } from "../runs.js";
import type { Store } from "../store.js";
import { countText, lossText } from "./texts.js";

interface Props {
  readonly run: RunView;
  readonly store: Store;
  readonly children?: ComponentChildren;
}

export function Controls({ run, store, children }: Props) {
  const { done, facts, step, stepsPerSecond } = run;
  const running = isRunning(run);
  const idle = facts === undefined || (done && !running);
  const label = running ? "Pause" : done && step > 0 ? "Done" : "Run";
  const dev = run.dev.at(-1);
  return (
    <section class="controls" aria-label="Training">
      <div class="buttons">
        <button type="button" class="primary" disabled={idle} onClick={() => store.toggle()}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={running ? "M7 5h4v14H7zM13 5h4v14h-4z" : "M8 5v14l11-7z"} />
          </svg>
          <span>{label}</span>
        </button>
        <button type="button" disabled={idle || running} onClick={() => store.step()}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M6 5v14l9-7zM16 5h3v14h-3z" />
          </svg>
          <span>Step</span>
        </button>
        <button
          type="button"
          disabled={run.problem === undefined && step === 0}
          onClick={() => store.reset()}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M12 5V2L7 6.5 12 11V8a5 5 0 1 1-5 5H4a8 8 0 1 0 8-8z" />
          </svg>
          <span>Reset</span>
        </button>
      </div>
      <dl class="numbers">
        <div>
          <dt>step</dt>
          <dd>
            {countText(step)}
            {facts && <small> of {countText(facts.steps)}</small>}
          </dd>
        </div>
        <div>
          <dt>steps/s</dt>
          <dd>{stepsPerSecond === undefined ? "–" : countText(stepsPerSecond)}</dd>
        </div>
        <div>
          <dt>dev loss</dt>
          <dd>{dev === undefined ? "–" : lossText(dev.loss)}</dd>
        </div>
      </dl>
      {children}
      <progress value={step} max={Math.max(1, facts?.steps ?? 1)} aria-label="Steps done" />
    </section>
  );
}
