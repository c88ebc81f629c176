/** The page: its views, of which the address says one. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Playground } from "../playground/view/playground.js";
import { missing } from "./missing.js";
import { hashOf, readRoute, type Route } from "./route.js";

interface ViewProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
}
interface View {
  readonly name: string;
  readonly title: string;
  readonly component: ComponentType<ViewProps>;
}

/** The first is shown where the address names none. */
const VIEWS: readonly View[] = [{ name: "playground", title: "Playground", component: Playground }];

const viewOf = ({ view }: Route): View => VIEWS.find(({ name }) => name === view) ?? VIEWS[0];

export function App() {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  const shown = viewOf(route);
  const lack = missing();
  useEffect(() => {
    const follow = (): void => setRoute(readRoute(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return (
    <>
      <header class="page">
        <h1>mm-train</h1>
        {VIEWS.length > 1 && (
          <nav>
            {VIEWS.map(({ name, title }) => (
              <a href={`#${name}`} aria-current={name === shown.name ? "page" : undefined}>
                {title}
              </a>
            ))}
          </nav>
        )}
        <p>A small language model learns a list of words, here in your browser.</p>
      </header>
      {lack !== undefined && (
        <p class="notice bad" role="alert">
          {lack}
        </p>
      )}
      <main>
        <shown.component
          query={route.query}
          onQuery={(query) => {
            // Not a step back in the history for each change.
            const hash = hashOf({ view: shown.name, query });
            if (hash !== location.hash) history.replaceState(null, "", hash);
          }}
        />
      </main>
    </>
  );
}
