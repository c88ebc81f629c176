/** The look of the pages: on a desk and on a phone, light and dark, and on paper. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--line:#d8dee4;
--page:#f6f8fa;--paper:#fff;--blue:#1d5fd0;--orange:#b84a00}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4b0;--line:#30363d;
--page:#010409;--paper:#0d1117;--blue:#6cb0ff;--orange:#ffa657}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:1010px;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}
header p{overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.5rem 0 .75rem}
.note{color:var(--soft);font-size:.875rem;margin:0 0 .5rem;overflow-wrap:anywhere}
.caution{border-left:3px solid var(--orange);padding-left:.75rem}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin:1rem 0 0}
.facts dt{color:var(--soft);font-size:.875rem}
.facts dd{margin:0;font-size:1.5rem;font-weight:600;font-variant-numeric:tabular-nums}
section{overflow-x:auto}
figure{margin:0 0 1rem;border:1px solid var(--line);border-radius:8px;overflow:hidden;
background:var(--paper)}
figure svg{display:block;max-width:100%;height:auto;margin:0 auto}
figcaption{color:var(--soft);font-size:.875rem;padding:0 1rem .6rem;min-height:2.1rem;
font-variant-numeric:tabular-nums}
figcaption:empty{display:none}
.narrow{display:none}
table{border-collapse:collapse;width:100%;background:var(--paper);border:1px solid var(--line);
font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-size:.875rem;font-weight:600}
tbody th{font-weight:600;white-space:nowrap}
.remarks td:last-child{color:var(--soft)}
code{font:.9em ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
td code{display:inline-block;min-width:10ch}
pre{margin:0 0 1rem;padding:.6rem .9rem;background:var(--paper);border:1px solid var(--line);
border-radius:8px;white-space:pre-wrap}
summary{cursor:pointer;color:var(--blue);padding:.5rem 0}
.terms{margin:0}
.terms dt{font-weight:600;margin-top:.5rem}
.terms dd{margin:0;max-width:46rem}
.samples{list-style:none;margin:0;padding:0;display:grid;
grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.4rem}
.sentences{grid-template-columns:1fr}
.samples li{background:var(--paper);border:1px solid var(--line);border-radius:6px;
padding:.3rem .75rem;
display:flex;justify-content:space-between;gap:1rem;overflow-wrap:anywhere}
.samples span{color:var(--soft);font-size:.875rem;white-space:nowrap}
.samples .new span{color:var(--blue)}
.samples .dev span{color:var(--orange)}
@media (max-width:640px){
main{padding:1.25rem .75rem 3rem}
.wide{display:none}.narrow{display:block}
.facts{gap:.4rem 1.5rem}.facts dd{font-size:1.2rem}
th,td{padding:.35rem .5rem}
td,th{font-size:.875rem}
tbody th{white-space:normal}
thead th{font-size:.8125rem}
.remarks tr{display:flex;flex-wrap:wrap;border-bottom:1px solid var(--line)}
.remarks th,.remarks td{flex:1 1 0;border:0;min-width:0;padding:.35rem}
.remarks tr>:first-child{flex:0 0 28%}
.remarks thead th:last-child{display:none}
.remarks td:last-child{flex-basis:100%;padding-top:0}
.samples{grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr))}
.sentences{grid-template-columns:1fr}
.samples li{gap:.5rem;padding:.25rem .5rem}
}
@media print{
:root{--page:#fff}
body{font-size:11pt}
main{max-width:none;padding:0}
.wide{display:block}.narrow{display:none}
figure,li,tr,pre{break-inside:avoid}
h2{break-after:avoid}
section{overflow:visible}
figcaption{display:none}
summary{list-style:none;color:var(--soft)}
figure svg{max-height:14cm;width:auto}
figure:first-of-type svg{max-height:8.5cm}
.samples{grid-template-columns:repeat(4,1fr)}
.sentences{grid-template-columns:1fr}
}
`;
