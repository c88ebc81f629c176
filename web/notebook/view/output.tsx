/** What a cell showed. Everything in it came from code: it is shown as text or as a picture. */
import { useMemo } from "preact/hooks";
import type { Failure, Item, Picture, Place } from "../protocol.js";
import type { ShownOutput } from "../session/shown-output.js";

interface OutputProps {
  readonly label: string;
  readonly output: ShownOutput;
  /** how a place is called, and how to go there */
  readonly nameOf: (place: Place) => string;
  readonly onPlace: (place: Place) => void;
}

export function Output({ label, output, ...places }: OutputProps) {
  const { items, tail, last } = output;
  if (items.length === 0 && last.length === 0) return null;
  return (
    <div class="nb-output" role="group" aria-label={label}>
      {items.map((item) => (
        <Shown item={item} {...places} />
      ))}
      {tail && (
        <>
          <p class="nb-note">{tail.skippedLines.toLocaleString("en")} lines are left out here</p>
          <pre>{tail.text}</pre>
        </>
      )}
      {last.map((item) => (
        <Shown item={item} {...places} />
      ))}
    </div>
  );
}

function Shown({ item, ...places }: { item: Item } & Pick<OutputProps, "nameOf" | "onPlace">) {
  switch (item.kind) {
    case "text":
      return <pre class={item.stream === "error" ? "nb-stderr" : undefined}>{item.text}</pre>;
    case "value":
      return <pre class="nb-value">{item.text}</pre>;
    case "picture":
      return <Drawn picture={item.picture} />;
    case "failure":
      return <Failed failure={item.failure} {...places} />;
  }
}

/** In an image: there nothing of it runs and nothing is loaded. */
function Drawn({ picture: { svg, label, width } }: { picture: Picture }) {
  const url = useMemo(() => `data:image/svg+xml,${encodeURIComponent(svg)}`, [svg]);
  return <img src={url} alt={label} width={width} />;
}

function Failed({
  failure: { name, message, places },
  nameOf,
  onPlace,
}: { failure: Failure } & Pick<OutputProps, "nameOf" | "onPlace">) {
  return (
    <div class="nb-failure">
      <pre>
        <strong>{name}</strong>: {message}
      </pre>
      {places.length > 0 && (
        <p>
          {places.map((place, i) => (
            <>
              {i === 0 ? "" : ", called from "}
              <button type="button" class="nb-link" onClick={() => onPlace(place)}>
                {nameOf(place)}
              </button>
            </>
          ))}
        </p>
      )}
    </div>
  );
}
