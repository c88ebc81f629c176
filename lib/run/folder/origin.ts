/** Where a run started that did not start from fresh parameters; config.json keeps it. */
import * as z from "zod";
import { countOf } from "../../count-text.js";

export const originSchema = z.strictObject({
  /** the folder of the run it started from */
  run: z.string(),
  /** after its last step, or of its lowest dev loss */
  model: z.enum(["last", "best"]),
  /** steps of that model */
  step: z.number().int().min(0),
  /** SHA-256 of the file of its parameters */
  sha256: z.string(),
  /** tokens of this run that it did not know */
  newTokens: z.number().int().min(0),
});
/** The run whose parameters a run started from. */
export interface Origin {
  /** the folder of that run */
  readonly run: string;
  /** after its last step, or of its lowest dev loss */
  readonly model: "last" | "best";
  /** steps of that model */
  readonly step: number;
  /** SHA-256 of the file of its parameters */
  readonly sha256: string;
  /** tokens of this run that it did not know */
  readonly newTokens: number;
}

/** In words. */
export const originText = ({ run, model, step, newTokens }: Origin, level: string): string => {
  const which = model === "best" ? "its best model" : "its model";
  const fresh = countOf(newTokens, `new ${level}`);
  return `${run}, ${which} after ${countOf(step, "step")}, and ${fresh}`;
};
