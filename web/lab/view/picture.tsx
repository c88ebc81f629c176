/**
 * A chart of the server. As an image, so that nothing in it can run: a name or a word of others is
 * in it.
 */
import { useEffect, useState } from "preact/hooks";

const PHONE = "(max-width: 640px)";

interface Props {
  readonly alt: string;
  readonly wide: string;
  readonly narrow: string;
}

export function Picture({ alt, wide, narrow }: Props) {
  const svg = useMatch(PHONE) ? narrow : wide;
  return <img class="picture" alt={alt} src={`data:image/svg+xml,${encodeURIComponent(svg)}`} />;
}

function useMatch(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = (): void => setMatches(list.matches);
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, [query]);
  return matches;
}
