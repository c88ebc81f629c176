/** node:os */
export const availableParallelism = (): number => 1;
export const cpus = (): { model: string }[] => [];
export const hostname = (): string => "browser";
/** Of a page or worker, at most; what the machine has no page is told. */
export const totalmem = (): number => 2 ** 32;
