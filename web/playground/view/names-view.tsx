/** Words that the model makes up now. */
import type { RunView } from "../runs.js";
import { countText } from "./texts.js";

const MARKS = { train: "in train", dev: "in dev", new: "" } as const;

export function NamesView({ run }: { run: RunView }) {
  const { made } = run;
  return (
    <section class="card names" aria-labelledby="names-title">
      <header>
        <h2 id="names-title">Made up</h2>
        {made && <span class="note">after {countText(made.step)} steps</span>}
      </header>
      <ul>
        {made?.words.map(({ word, mark, cut }, i) => (
          <li key={i} class={mark}>
            <span dir="auto">
              {word}
              {cut && "…"}
            </span>
            {mark !== "new" && <small>{MARKS[mark]}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}
