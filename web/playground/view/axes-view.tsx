/** What a chart of losses over steps is drawn in: grid, ticks, and what they are of. */
import type { ComponentChildren } from "preact";
import type { Axis } from "../axes.js";

/** Pixels around the curves, for what is written on the axes. */
export const EDGE = { left: 40, right: 20, top: 10, bottom: 34 };

interface Props {
  readonly x: Axis;
  readonly y: Axis;
  /** of the curves, in pixels */
  readonly inner: { readonly width: number; readonly height: number };
  readonly children: ComponentChildren;
}

export function Axes({ x, y, inner, children }: Props) {
  return (
    <g transform={`translate(${EDGE.left},${EDGE.top})`}>
      {y.ticks.map(({ at, text }) => (
        <g transform={`translate(0,${at})`}>
          <line class="grid" x2={inner.width} />
          <text class="tick" x="-8" dy="0.32em" text-anchor="end">
            {text}
          </text>
        </g>
      ))}
      {x.ticks.map(({ at, text }) => (
        <g transform={`translate(${at},${inner.height})`}>
          <line class="axis" y2="4" />
          <text class="tick" y="17" text-anchor="middle">
            {text}
          </text>
        </g>
      ))}
      <line class="axis" x2={inner.width} y1={inner.height} y2={inner.height} />
      <text class="tick" x={inner.width} y={inner.height + 31} text-anchor="end">
        steps
      </text>
      {children}
    </g>
  );
}
