/** The charts of a run, and below each the values of the place that is pointed at. */
import { html } from "../pages/html.js";
import { figure } from "../pages/page.js";
import type { Section } from "./section.js";

const CAPTION = html`<figcaption aria-live="polite"></figcaption>\n`;

export const charts: Section = ({ charts: pictures }) =>
  pictures.length === 0
    ? undefined
    : {
        id: "charts",
        title: "Charts",
        body: pictures.map(({ wide, narrow }) => figure(wide, narrow, CAPTION)),
      };
