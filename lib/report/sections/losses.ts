/** The losses of a run beside those of simple models, and of its looks at the test split. */
import { countOf, countText } from "../../count-text.js";
import type { TestLook } from "../../run/folder/test-evaluations.js";
import { html, type Html, type Part } from "../pages/html.js";
import { lowestOf, type RunRecord } from "../record.js";
import { formatPerplexity, loss, type Section, tableWithRemarks } from "./section.js";

/** What the lecture's own run of 200,000 steps ends at, on its own names and split. */
const LECTURE_DEV_LOSS = 2.17;

export const losses: Section = ({ record }) => ({
  id: "losses",
  title: "Losses",
  body: [lossTable(record), testLine(record.testLooks)],
});

function lossTable(record: RunRecord): Html {
  const rows = lossRows(record);
  if (rows.length === 0) return html`<p>No split was measured: the run was interrupted.</p>`;
  const { level } = record.vocabulary;
  const words = level === "word";
  const cells = rows.map(({ name, train, dev, perplexity, remark }): Part[] => [
    name,
    train,
    dev,
    ...(words ? [perplexity] : []),
    remark,
  ]);
  return html`<p class="note">Loss per ${level}, in nats; lower is better.</p>
${tableWithRemarks(["model", "train", "dev", ...(words ? ["perplexity"] : []), "remark"], cells)}`;
}

/** A model and its losses, as a reader sees them; "-" for what is not known. */
export interface LossRow {
  readonly name: string;
  readonly train: string;
  readonly dev: string;
  /** on dev */
  readonly perplexity: string;
  readonly remark: string;
}

/** The run first, then what to compare it with; none of a run that measured no split. */
export function lossRows({ config, splits, vocabulary }: RunRecord): LossRow[] {
  const last = splits.at(-1);
  if (last === undefined) return [];
  const words = vocabulary.level === "word";
  const best = lowestOf(splits);
  const guess = Math.log(vocabulary.size);
  const row = (
    name: string,
    train: number | undefined,
    dev: number | undefined,
    remark: string,
  ): LossRow => ({
    name,
    train: loss(train),
    dev: loss(dev),
    perplexity: dev === undefined ? "-" : formatPerplexity(dev),
    remark,
  });
  const done = (step: number) => (step === 0 ? "" : `after ${countOf(step, "step")}`);
  const rows = [row("this run", last.trainLoss, last.devLoss, done(last.step))];
  if (best !== undefined && best.step !== last.step)
    rows.push(row("its best model", best.trainLoss, best.devLoss, done(best.step)));
  if (last.bigramDevLoss !== undefined)
    rows.push(
      row(
        "bigrams",
        last.bigramTrainLoss,
        last.bigramDevLoss,
        "pairs counted in the same train split",
      ),
    );
  const tokens = `all ${countText(vocabulary.size)} ${words ? "words" : "characters"}`;
  rows.push(row("guessing", guess, guess, `${tokens} equally likely`));
  if (last.trainPart !== undefined || last.devPart !== undefined)
    rows.push({
      name: "measured",
      train: part(last.trainPart),
      dev: part(last.devPart),
      perplexity: "-",
      remark: "of a large split a fixed random part",
    });
  if (config.data === "names" && !words)
    rows.push({
      name: "the lecture",
      train: "-",
      dev: LECTURE_DEV_LOSS.toFixed(2),
      perplexity: "-",
      remark: "its own list of names and split, E = 10, H = 200, 200,000 steps",
    });
  return rows;
}

const part = (of: readonly [number, number] | undefined): string =>
  of === undefined ? "on all" : `on ${countText(of[0])} of ${countOf(of[1], "example")}`;

/** The test split's loss beside how often it was looked at, which says what it is worth. */
function testLine(looks: readonly TestLook[]): Html {
  if (looks.length === 0) return html`<p>The test split has not been looked at.</p>`;
  const item = (look: TestLook) => {
    const { mixedWith } = look;
    const mixed = mixedWith === undefined ? "" : html` mixed with <bdi>${mixedWith}</bdi>`;
    const model = html`${look.model} model of ${countOf(look.steps, "step")}${mixed}`;
    return html`<li>${loss(look.loss)}, ${model}, ${look.date.slice(0, 10)}</li>\n`;
  };
  const times = looks.length === 1 ? "one look" : `${looks.length} looks`;
  return html`<p>Test loss; ${times} at the test split:</p>
<ol>${looks.map(item)}</ol>`;
}
