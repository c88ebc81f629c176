/**
 * SHA-256 of the model.safetensors that a command leaves in its run folder, as the native kernels
 * compute it (test/web/recorded.test.ts runs them). Any browser must come to the same bits.
 */
export const RECORDED: Readonly<Record<string, string>> = {
  "npx mm-train": "414cc339fe92b65117ef57d230664c4a938a8ad2d26809483fc09bbd884afc00",
  "npx mm-train --steps 2000": "64414a6bb77a88c07d0daca6dc6e5883cf5d169e000926930218dff7fe0e7d62",
  "npx mm-train --preset quick": "4d6d23d0730e645af1ea05ffda31b1334a6fa9adde774bc49375b9177e9b7b9e",
};
