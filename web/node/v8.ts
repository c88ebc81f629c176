/** node:v8 */

/** What a browser of today gives a page; none but Chromium says it. */
export const getHeapStatistics = () => ({ heap_size_limit: 2 ** 32 });

/** A browser's switches are not a page's to set. */
export const setFlagsFromString = (): void => undefined;
