/** What the browser keeps. One that refuses throws where it is only named. */
import type { TextStore } from "../document/saved.js";

function allowed(storage: () => Storage): TextStore | undefined {
  try {
    return storage();
  } catch {
    return undefined;
  }
}

/** of this address, for good */
export const localStore = (): TextStore | undefined => allowed(() => localStorage);
/** of this tab */
export const tabStore = (): TextStore | undefined => allowed(() => sessionStorage);
