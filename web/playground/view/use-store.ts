/** The state of the store as it changes, while the page can be seen. */
import { useEffect, useState } from "preact/hooks";
import type { State, Store } from "../store.js";

export function useStore(store: Store): State {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    const show = (): void => {
      if (!document.hidden) setState(store.state);
    };
    show();
    document.addEventListener("visibilitychange", show);
    const end = store.subscribe(show);
    return () => {
      end();
      document.removeEventListener("visibilitychange", show);
    };
  }, [store]);
  return state;
}
