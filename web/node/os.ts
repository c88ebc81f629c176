/** node:os */
export const availableParallelism = (): number => 1;
export const cpus = (): { model: string }[] => [];
export const hostname = (): string => "browser";
export const totalmem = (): number => 2 ** 32;
export const loadavg = (): number[] => [0, 0, 0];
