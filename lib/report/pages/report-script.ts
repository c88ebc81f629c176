/**
 * The script of report.html. The page is whole without it: it writes the values of the place in a
 * chart that is pointed at (or tapped, where nothing can be pointed at) below the chart, and prints
 * what is folded.
 */
export const SCRIPT = `
for (const figure of document.querySelectorAll("figure")) {
  const caption = figure.querySelector("figcaption");
  const hint = "Point at the chart, or tap it, to read its values.";
  caption.textContent = hint;
  figure.addEventListener("pointerover", (event) => {
    const title = event.target.querySelector && event.target.querySelector(":scope > title");
    const inside = title && event.target.tagName !== "svg";
    caption.textContent = inside ? title.textContent.replaceAll("\\n", "; ") : hint;
  });
}
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});
`;
