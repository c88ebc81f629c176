/** What follows a prefix, as the model sees it. */
import type { RunView } from "../runs.js";
import type { Store } from "../store.js";
import { visible } from "./texts.js";

const SHOWN = 8;

interface Props {
  readonly run: RunView;
  readonly prefix: string;
  readonly store: Store;
}

export function NextView({ run, prefix, store }: Props) {
  const { next, facts } = run;
  const likely = next?.likely.slice(0, SHOWN) ?? [];
  const rest = 1 - likely.reduce((sum, { probability }) => sum + probability, 0);
  const widest = Math.max(0.1, ...likely.map(({ probability }) => probability));
  return (
    <section class="card next" aria-labelledby="next-title">
      <header>
        <h2 id="next-title">What comes next</h2>
      </header>
      <input
        type="text"
        aria-label="The beginning of a word"
        placeholder="type the beginning of a word"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={prefix}
        onInput={(e) => store.type(e.currentTarget.value)}
      />
      {next?.problem !== undefined && (
        <p class="wrong" role="alert">
          {next.problem}
        </p>
      )}
      <ol>
        {likely.map(({ token, probability }) => (
          <li key={token}>
            <button
              type="button"
              disabled={token === 0}
              title={token === 0 ? "The word ends" : "Add this character"}
              onClick={() => store.type(prefix + (facts?.characters[token] ?? ""))}
            >
              <b>{token === 0 ? "end" : visible(facts?.characters[token] ?? "")}</b>
              <span class="bar">
                <i style={{ transform: `scaleX(${probability / widest})` }} />
              </span>
              <small>{percent(probability)}</small>
            </button>
          </li>
        ))}
        {likely.length > 0 && rest > 0.0005 && (
          <li class="rest">
            <span>others</span>
            <small>{percent(rest)}</small>
          </li>
        )}
      </ol>
    </section>
  );
}

const percent = (p: number): string => `${(100 * p).toFixed(1)} %`;
