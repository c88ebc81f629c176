/**
 * SHA-256 of the model.safetensors that a command leaves in its run folder, as the native kernels
 * compute it: a test runs them. Any browser must come to the same bits.
 */
export const RECORDED: Readonly<Record<string, string>> = {};
