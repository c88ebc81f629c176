/** The address of the page, which says the settings, the seed and a short list. */
import { useState } from "preact/hooks";
import { fitsAddress } from "../address.js";
import type { List } from "../protocol.js";

export function Share({ list }: { list: List }) {
  const [said, setSaid] = useState<string | undefined>();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      setSaid(fitsAddress(list) ? "Link copied" : "Copied; the list is too long for a link");
    } catch {
      setSaid("Copy the address of this page");
    }
    setTimeout(() => setSaid(undefined), 3000);
  };
  return (
    <button type="button" class="share" onClick={() => void copy()} aria-live="polite">
      {said ?? "Copy link"}
    </button>
  );
}
