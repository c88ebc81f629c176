/** What the pages share: one HTML file that needs nothing but itself. */
import { Html, html, type Part } from "./html.js";
import { STYLE } from "./page-style.js";

export interface Page {
  readonly title: string;
  /** says which command writes such pages: by it they are known again */
  readonly generator?: Html;
  /** what only this page needs, beside the style of all pages */
  readonly style?: string;
  /** below the title */
  readonly header?: Part;
  readonly sections: readonly SectionContent[];
  readonly script?: string;
}
export interface SectionContent {
  readonly id: string;
  readonly title: string;
  readonly body: Part;
}

export const page = ({ title, generator, style = "", header, sections, script }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${generator ? [generator, html`\n`] : ""}<title>${title} - mm-train</title>
<style>${new Html(STYLE + style)}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
${header ? [header, html`\n`] : ""}</header>
${sections.map(section)}</main>
${script ? html`<script>${new Html(script)}</script>\n` : ""}</body>
</html>
`.source;

const section = ({ id, title, body }: SectionContent): Html =>
  html`<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${body}\n</section>\n`;

/** A chart as SVG files, for a desk and for a phone; a page shows one of them. */
export const figure = (wide: string, narrow: string, more: Part = ""): Html =>
  html`<figure>
<div class="wide">${inline(wide)}</div>
<div class="narrow">${inline(narrow)}</div>
${more}</figure>
`;

/** In HTML an `svg` element needs no namespace. */
const inline = (svg: string): Html => new Html(svg.trim().replace(/ xmlns="[^"]*"/g, ""));

/** Why what follows is to be read with care; none where there is nothing to say. */
export const caution = (text: Part): Html => html`<p class="caution">${text}</p>`;
