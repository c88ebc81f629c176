// The HTML of the page: the same template with files beside it, or with all of them inside.
"use strict";
const { createHash } = require("node:crypto");

/**
 * @param template has {{policy}}, {{style}}, {{script}} and {{later}}
 * @param parts each with `src` (a file beside the page) or its content; of those for `later`
 *   `isRun` says that the page runs them, others are workers
 */
function page(template, { script, style, later }) {
  const code = script.text === undefined ? undefined : inScript(script.text);
  // By which the page's script, too, adds styles.
  const nonce = sha256(JSON.stringify([script, style])).slice(0, 16);
  const parts = {
    policy: policy({ scripts: code && [code, ...runLater(later)], style: style.text, nonce }),
    style:
      style.text === undefined
        ? `<link rel="stylesheet" nonce="${nonce}" href="${style.src}" />`
        : `<style nonce="${nonce}">${style.text}</style>`,
    script:
      code === undefined ? `<script src="${script.src}"></script>` : `<script>${code}</script>`,
    later: later.map(kept).join("\n    "),
  };
  // A function: `$&` in code is no pattern.
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
}

const runLater = (later) => later.filter(({ isRun }) => isRun).map(({ text }) => inScript(text));

/** Not run here: web/page/scripts.ts does. */
const kept = ({ id, src, text }) =>
  src === undefined
    ? `<script type="text/plain" id="${id}">${inScript(text)}</script>`
    : `<script type="text/plain" id="${id}" data-src="${src}"></script>`;

/** Code that cannot end its element, or begin a comment in it. */
const inScript = (code) => code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

/**
 * Nothing from another host, nothing to another host, no script that is not the page's. A worker
 * is made from a Blob, since such a one is under this policy, and one from a file is not; so is
 * each cell of the notebook, a module that its worker imports. Text is never code (`eval`). An
 * editor's browser writes style attributes into it.
 */
function policy({ scripts, style, nonce }) {
  const hash = (text) => `'sha256-${sha256(text)}'`;
  return [
    "default-src 'none'",
    `script-src ${scripts?.map(hash).join(" ") ?? "'self'"} blob: 'wasm-unsafe-eval'`,
    `style-src ${style === undefined ? "'self'" : hash(style)} 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src blob:${scripts === undefined ? " 'self'" : ""}`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

const sha256 = (text) => createHash("sha256").update(text).digest("base64");

exports.page = page;
