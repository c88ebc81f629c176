/** The page: its views, of which the address says one. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Playground } from "../playground/view/playground.js";
import { archiveOf } from "../lab/server.js";
import { lazyView } from "./lazy-view.js";
import { Runs } from "../lab/view/runs.js";
import { missing } from "./missing.js";
import { hashOf, readRoute, type Route } from "./route.js";
import type { ViewProps } from "./view.js";

interface View {
  readonly name: string;
  readonly title: string;
  readonly component: ComponentType<ViewProps>;
}

const PLAYGROUND: View = { name: "playground", title: "Playground", component: Playground };
const NOTEBOOK: View = { name: "notebook", title: "Notebook", component: lazyView("notebook") };

/** The first is shown where the address names none. */
const VIEWS: readonly View[] = [PLAYGROUND, NOTEBOOK];
/** Where `mm-train lab` serves the page: with the runs of the machine. */
const VIEWS_OF_LAB: readonly View[] = [
  { ...PLAYGROUND, component: (props) => <Playground {...props} archiveOf={archiveOf} /> },
  NOTEBOOK,
  { name: "runs", title: "Runs", component: Runs },
];

/** @param isLab whether `mm-train lab` serves the page */
export function App({ isLab }: { isLab: boolean }) {
  const views = isLab ? VIEWS_OF_LAB : VIEWS;
  const viewOf = ({ view }: Route): View => views.find(({ name }) => name === view) ?? views[0];
  const [route, setRoute] = useState(() => readRoute(location.hash));
  /** of the views that were shown: they stay as they are while another one is */
  const [queries, setQueries] = useState<Readonly<Record<string, string>>>({});
  const shown = viewOf(route);
  const lack = missing();
  useEffect(() => {
    const follow = (): void => setRoute(readRoute(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    document.title = `mm-train ${shown.title.toLowerCase()}`;
    if (queries[shown.name] === undefined) setQueries({ ...queries, [shown.name]: route.query });
  }, [shown]);
  const put = (name: string, query: string): void => {
    setQueries((all) => ({ ...all, [name]: query }));
    // Not a step back in the history for each change.
    const hash = hashOf({ view: name, query });
    if (name === shown.name && hash !== location.hash) history.replaceState(null, "", hash);
  };
  return (
    <>
      <header class="page">
        <h1>mm-train</h1>
        {views.length > 1 && (
          <nav>
            {views.map(({ name, title }) => (
              <a
                href={hashOf({ view: name, query: queries[name] ?? "" })}
                aria-current={name === shown.name ? "page" : undefined}
              >
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
      {views
        .filter((view) => view === shown || queries[view.name] !== undefined)
        .map((view) => (
          <main key={view.name} hidden={view !== shown}>
            <view.component
              query={view === shown ? route.query : queries[view.name]}
              onQuery={(query) => put(view.name, query)}
            />
          </main>
        ))}
    </>
  );
}
