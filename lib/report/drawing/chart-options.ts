/** Apart from picture.ts, whose types need those of the charting library. */

/** How a chart is drawn. */
export interface ChartOptions {
  /** 380 pixels wide in place of 860, for a phone */
  readonly narrow?: boolean;
}
