/** The look of report.html. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--line:#d8dee4;
--page:#f6f8fa;--paper:#fff;--blue:#1d5fd0;--orange:#b84a00}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4b0;--line:#30363d;
--page:#010409;--paper:#0d1117;--blue:#6cb0ff;--orange:#ffa657}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:1010px;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 1rem;overflow-wrap:anywhere}
header p{overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.5rem 0 .75rem}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin:0}
.facts dt{color:var(--soft);font-size:.875rem}
.facts dd{margin:0;font-size:1.5rem;font-weight:600;font-variant-numeric:tabular-nums}
section{overflow-x:auto}
figure{margin:0 0 1rem;border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--paper)}
figure svg{display:block;max-width:100%;height:auto;margin:0 auto}
table{border-collapse:collapse;width:100%;background:var(--paper);border:1px solid var(--line);font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding-bottom:.5rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-size:.875rem;font-weight:600}
tbody th{font-weight:600;white-space:nowrap}
td:nth-child(n+3):last-child{color:var(--soft)}
code{font:.9em ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;display:inline-block;min-width:11ch}
.samples{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.4rem}
.samples li{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:.3rem .75rem;
display:flex;justify-content:space-between;gap:1rem;overflow-wrap:anywhere}
.samples span{color:var(--soft);font-size:.875rem;white-space:nowrap}
.samples .new span{color:var(--blue)}
.samples .dev span{color:var(--orange)}
`;
