/** The characters where the model has them now. */
import { useRef } from "preact/hooks";
import { type Frame, frameOf } from "../frame.js";
import { kindOf } from "../characters.js";
import type { RunView } from "../runs.js";
import { visible } from "./texts.js";
import { useWidth } from "./use-size.js";

/** More would hide one another. */
const MOST = 150;
const EDGE = 16;

export function EmbeddingView({ run }: { run: RunView }) {
  const { ref, width } = useWidth(320);
  const frame = useRef<{ run: number; frame: Frame } | undefined>(undefined);
  const { embedding, facts } = run;
  const size = Math.min(width, 400);
  const header = (
    <header>
      <h2 id="embedding-title">Embedding</h2>
      {embedding && facts && facts.embedding > 2 && (
        <span class="note" title="Part of the variance that this plane shows">
          2 of {facts.embedding} dimensions, {(100 * embedding.seen).toFixed(0)} %
        </span>
      )}
    </header>
  );
  const points = embedding?.points.subarray(0, 2 * MOST) ?? new Float32Array();
  const before = frame.current?.run === run.id ? frame.current.frame : undefined;
  const seen = frameOf(points, before);
  frame.current = { run: run.id, frame: seen };
  const scale = (size / 2 - EDGE) / seen.reach;
  const characters = facts?.characters.slice(0, MOST) ?? [];
  return (
    <section class="card embedding" aria-labelledby="embedding-title">
      {header}
      <div ref={ref} class="canvas square">
        <svg
          width={size}
          height={size}
          role="img"
          aria-label="Characters that are used alike move together"
        >
          {points.length > 0 &&
            characters.map((character, token) => {
              const x = size / 2 + (points[2 * token] - seen.x) * scale;
              const y = size / 2 - (points[2 * token + 1] - seen.y) * scale;
              return (
                <text
                  key={token}
                  class={kindOf(character, token)}
                  style={{ transform: `translate(${x.toFixed(1)}px,${y.toFixed(1)}px)` }}
                  dy="0.32em"
                >
                  {visible(character)}
                </text>
              );
            })}
        </svg>
      </div>
      <p class="help">
        Characters that the model uses alike move together
        {characters.some((c, token) => kindOf(c, token) === "vowel") && (
          <>
            : <span class="key vowel">vowels</span>, <span class="key consonant">consonants</span>,{" "}
            <span class="key boundary">the end</span>
          </>
        )}
        .
        {facts &&
          facts.characters.length > MOST &&
          ` The first ${MOST} of ${facts.characters.length} are shown.`}
      </p>
    </section>
  );
}
