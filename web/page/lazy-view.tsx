/** A view whose script is loaded when it is first shown: the page is there before it. */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { runScript } from "./scripts.js";
import type { Mount, ViewProps } from "./view.js";

export function lazyView(name: string): ComponentType<ViewProps> {
  return function LazyView(props) {
    const element = useRef<HTMLDivElement>(null);
    const [mount, setMount] = useState<Mount | undefined>();
    const [problem, setProblem] = useState<string | undefined>();
    useEffect(() => {
      runScript(`${name}-view`).then(
        () => setMount(() => globalThis.mmTrainViews?.[name]),
        (error: Error) => setProblem(error.message),
      );
    }, []);
    // After every rendering: `onQuery` is another function then.
    useEffect(() => {
      if (element.current !== null) mount?.(element.current, props);
    });
    return (
      <>
        {problem !== undefined && (
          <p class="notice bad" role="alert">
            {problem}
          </p>
        )}
        <div ref={element} />
      </>
    );
  };
}
