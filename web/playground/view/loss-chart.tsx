/** The losses of the current run, over those of earlier ones. */
import { useState } from "preact/hooks";
import { below } from "../../../lib/report/charts/loss-scale.js";
import { type Point, smooth, smoothingWindow } from "../../../lib/report/drawing/smooth.js";
import { isNamedBelow, lastShown, lossAxis, type ScaleName, stepAxis } from "../axes.js";
import { type RunView, series } from "../runs.js";
import { Axes, EDGE } from "./axes-view.js";
import { colourOf } from "./colours.js";
import { lossText } from "./texts.js";
import { useWidth } from "./use-size.js";

const HEIGHT = 320;

/** A line of a chart that is narrower has room for the first words alone. */
const PHONE = 340;
const HINT = ["Press Run", "the loss falls as the model learns."];

export function LossChart({ run, past }: { run: RunView; past: readonly RunView[] }) {
  const [scale, setScale] = useState<ScaleName>("log");
  const { ref, width } = useWidth(640);
  const inner = { width: width - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const steps = run.facts?.steps ?? Number.POSITIVE_INFINITY;
  const end = lastShown(
    run.step,
    steps,
    past.map(({ step }) => step),
  );
  const raw = [...run.earlier, ...run.minibatches.points];
  const mean = smoothed(run);
  const others = past.map((other) => ({ run: other, points: smoothed(other) }));
  const guessing = run.facts?.guessing;
  const references = [run.bigrams, guessing].filter((loss) => loss !== undefined);
  const drawn = [
    ...mean,
    ...run.train,
    ...run.dev,
    ...others.flatMap(({ points }) => points),
  ].filter(({ step }) => step <= end);
  const x = stepAxis(end, inner.width);
  const y = lossAxis(drawn, end, references, { scale, height: inner.height });
  const path = (points: readonly Point[]): string =>
    below(points, y.top)
      .map((part) => part.map((p) => `${x.at(p.step).toFixed(1)},${y.at(p.loss).toFixed(1)}`))
      .map((part) => `M${part.join("L")}${part.length === 1 ? "h0.01" : ""}`)
      .join("");
  const measured = (name: "train" | "dev") => {
    const { line, apart } = series(run[name]);
    const dot = (kind: string, r: number) => (p: Point) => (
      <circle class={`${name} ${kind}`} cx={x.at(p.step)} cy={y.at(p.loss)} r={r} />
    );
    const seen = ({ loss }: Point): boolean => loss <= y.top;
    return (
      <>
        <path class={name} d={path(line)} />
        {line.filter(seen).slice(-60).map(dot("", 2.5))}
        {apart.filter(seen).map(dot("apart", 3.5))}
      </>
    );
  };

  return (
    <section class="card chart" aria-labelledby="loss-title">
      <header>
        <h2 id="loss-title">Loss</h2>
        <div class="switch" role="group" aria-label="Scale of the loss">
          {(["log", "linear"] as const).map((name) => (
            <button type="button" aria-pressed={scale === name} onClick={() => setScale(name)}>
              {name}
            </button>
          ))}
        </div>
      </header>
      <Legend run={run} />
      <div ref={ref} class="canvas" style={{ height: HEIGHT }}>
        <svg width={width} height={HEIGHT} role="img" aria-label={summary(run)}>
          <Axes x={x} y={y} inner={inner}>
            {run.step === 0 && past.length === 0 && (
              <text class="hint" x={inner.width / 2} y={inner.height / 3} text-anchor="middle">
                {run.facts === undefined ? "" : inner.width < PHONE ? HINT[0] : HINT.join(": ")}
              </text>
            )}
            <Reference name="guessing" loss={guessing} other={run.bigrams} y={y} {...inner} />
            <Reference name="bigrams" loss={run.bigrams} other={guessing} y={y} {...inner} />
            <svg width={inner.width} height={inner.height} overflow="hidden">
              {others.map(({ run: other, points }) => (
                <path class="earlier" d={path(points)} style={{ stroke: colourOf(other.id) }} />
              ))}
              <path class="raw" d={path(raw)} />
              <path class="minibatches" d={path(mean)} />
              {measured("train")}
              {measured("dev")}
            </svg>
          </Axes>
        </svg>
      </div>
    </section>
  );
}

/** With what an opened run measured before. */
const smoothed = ({ earlier, minibatches }: RunView): readonly Point[] =>
  earlier.length === 0
    ? minibatches.smoothed
    : [...smooth(earlier, smoothingWindow(earlier), true), ...minibatches.smoothed];

interface ReferenceProps {
  readonly name: string;
  readonly loss: number | undefined;
  /** that of the other line */
  readonly other: number | undefined;
  readonly y: ReturnType<typeof lossAxis>;
  readonly width: number;
}

/** What one is compared with. Its name stands at the right, above the line where there is room. */
function Reference({ name, loss, other, y, width }: ReferenceProps) {
  if (loss === undefined || loss > y.top) return null;
  const isBelow = other !== undefined && isNamedBelow(y.at(loss), y.at(other));
  return (
    <g class={`reference ${name}`} transform={`translate(0,${y.at(loss)})`}>
      <line x2={width} />
      <text x={width} y={isBelow ? 12 : -4} text-anchor="end">
        {name} {lossText(loss)}
      </text>
    </g>
  );
}

function Legend({ run }: { run: RunView }) {
  const { minibatches, train, dev } = run;
  const entries = [
    ["minibatches", minibatches.latest, "smoothed"],
    ["train", train.at(-1)?.loss, measuredOn(train.at(-1)?.examples)],
    ["dev", dev.at(-1)?.loss, measuredOn(dev.at(-1)?.examples)],
  ] as const;
  return (
    <dl class="legend">
      {entries.map(([name, loss, note]) => (
        <div class={name} title={note}>
          <dt>{name}</dt>
          <dd>{loss === undefined ? "–" : lossText(loss)}</dd>
        </div>
      ))}
    </dl>
  );
}

const measuredOn = (examples: number | undefined): string | undefined =>
  examples === undefined ? undefined : `measured on ${examples.toLocaleString("en")} examples`;

const summary = (run: RunView): string => {
  const dev = run.dev.at(-1);
  const loss = dev === undefined ? "" : `, dev loss ${lossText(dev.loss)}`;
  return `Loss over ${run.step} steps${loss}`;
};
