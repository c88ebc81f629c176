/** node:worker_threads */
export const isMainThread = true;
