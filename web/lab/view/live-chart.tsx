/** The losses of a training while it goes on. */
import { below } from "../../../lib/report/charts/loss-scale.js";
import { type Point, smooth, smoothingWindow, thin } from "../../../lib/report/drawing/smooth.js";
import { lastStep, lossAxis, stepAxis } from "../../playground/axes.js";
import { Axes, EDGE } from "../../playground/view/axes-view.js";
import { useWidth } from "../../playground/view/use-size.js";
import { type LiveRun, stepOf } from "../live-run.js";
import { countText, lossText } from "./texts.js";

const HEIGHT = 320;
/** More points than pixels cannot be seen. */
const POINTS = 800;

export function LiveChart({ run }: { run: LiveRun }) {
  const { ref, width } = useWidth(640);
  const inner = { width: width - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const raw = run.minibatches.filter(({ loss }) => loss > 0);
  const mean = smooth(raw, smoothingWindow(raw), true);
  const end = lastStep(stepOf(run));
  const x = stepAxis(end, inner.width);
  const y = lossAxis([...mean, ...run.dev], end, [], { scale: "log", height: inner.height });
  const path = (points: readonly Point[]): string =>
    below(thin(points, POINTS), y.top)
      .map((part) => part.map((p) => `${x.at(p.step).toFixed(1)},${y.at(p.loss).toFixed(1)}`))
      .map((part) => `M${part.join("L")}${part.length === 1 ? "h0.01" : ""}`)
      .join("");
  const [last, dev] = [mean.at(-1)?.loss, run.dev.at(-1)?.loss];
  return (
    <section class="card chart" aria-labelledby="live-title">
      <header>
        <h2 id="live-title">Loss</h2>
        {raw.length === 0 && <p class="note">The first losses come with a checkpoint.</p>}
      </header>
      <dl class="legend">
        <div class="minibatches">
          <dt>minibatches, smoothed</dt>
          <dd>{lossText(last)}</dd>
        </div>
        <div class="dev">
          <dt>dev</dt>
          <dd>{lossText(dev)}</dd>
        </div>
      </dl>
      <div ref={ref} class="canvas" style={{ height: HEIGHT }}>
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`Loss over ${countText(stepOf(run))} steps, now ${lossText(last)}`}
        >
          <Axes x={x} y={y} inner={inner}>
            <svg width={inner.width} height={inner.height} overflow="hidden">
              <path class="raw" d={path(raw)} />
              <path class="minibatches" d={path(mean)} />
              <path class="dev" d={path(run.dev)} />
              {run.dev
                .filter(({ loss }) => loss <= y.top)
                .slice(-60)
                .map((p) => (
                  <circle class="dev" cx={x.at(p.step)} cy={y.at(p.loss)} r="2.5" />
                ))}
            </svg>
          </Axes>
        </svg>
      </div>
    </section>
  );
}
