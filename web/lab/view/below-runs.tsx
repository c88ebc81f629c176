/** A page below the list of all runs. */
import type { ComponentChildren } from "preact";
import { LIST } from "../route.js";

export function BelowRuns({ children }: { children: ComponentChildren }) {
  return (
    <article class="run">
      <nav>
        <a href={LIST}>All runs</a>
      </nav>
      {children}
    </article>
  );
}
