/** Whether a result is any good: what anybody would compare its dev loss with. */
import type { TrainConfig } from "./settings/config.js";
import { isCounted } from "../models/registry.js";

/** What a dev loss is worse than. */
export interface Verdict {
  /** that every token is as likely as any other, or bigrams counted on the train split */
  readonly worseThan: "guessing" | "bigrams";
  /** their dev loss in nats; of guessing log V */
  readonly loss: number;
  /** what to try, one sentence */
  readonly remedy: string;
}

interface Measured {
  readonly dev: number;
  /** dev loss of counted bigrams; none for words */
  readonly bigrams: number | undefined;
  readonly vocabularySize: number;
  readonly config: Pick<TrainConfig, "model" | "level">;
}

/** Undefined for a result that is better than both. */
export function verdictOn({ dev, bigrams, vocabularySize, config }: Measured): Verdict | undefined {
  const guessing = Math.log(vocabularySize);
  const remedy = remedyFor(config);
  if (!(dev < guessing)) return { worseThan: "guessing", loss: guessing, remedy };
  // A bigram table ends where counting does, a hair's breadth above or below.
  const comparable = config.model !== "bigram" && !isCounted(config);
  if (bigrams === undefined || !comparable || dev <= bigrams) return undefined;
  return { worseThan: "bigrams", loss: bigrams, remedy };
}

/** A verdict in words. */
export const verdictText = ({ worseThan, loss }: Verdict): string =>
  `no better than ${worseThan === "guessing" ? "guessing (log V)" : "bigrams"}, ${loss.toFixed(4)}`;

function remedyFor({ model, level }: Measured["config"]): string {
  if (isCounted({ model })) return "use a longer text, or a smaller --block-size";
  const steps = "more steps, or the rate that find-lr suggests";
  return level === "character" && model === "mlp" ? `${steps}, or --preset quick` : steps;
}
