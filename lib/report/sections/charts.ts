/** The charts of a run, each in two widths of which a page shows one. */
import { html } from "../html.js";
import { inline } from "../page.js";
import type { Section } from "./section.js";

export const charts: Section = ({ charts: pictures }) => ({
  id: "charts",
  title: "Charts",
  body: pictures.map(
    ({ wide, narrow }) =>
      html`<figure>\n<div class="wide">${inline(wide)}</div>\n<div class="narrow">${inline(narrow)}</div>\n<figcaption aria-live="polite"></figcaption>\n</figure>\n`,
  ),
});
