/** The style of the API's page: one column on a phone, a list of operations beside it on a desktop; dark where that is asked for. */
export const style = `
:root {
  color-scheme: light dark;
  --ink: #1c2330; --soft: #56617a; --paper: #ffffff; --panel: #f4f6fa; --line: #dde3ee;
  --accent: #0b5cad; --get: #0b6b4f; --post: #0b5cad; --put: #8a4b08; --code: #eef1f7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e8f1; --soft: #9aa6bd; --paper: #12161d; --panel: #1a202a; --line: #2c3543;
    --accent: #7db7f5; --get: #63d0a8; --post: #7db7f5; --put: #efb366; --code: #222a36;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  overflow-wrap: anywhere;
}
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code, pre { font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--code); border-radius: 4px; padding: 0.1em 0.3em; }
pre { background: var(--code); border-radius: 8px; padding: 0.8rem 1rem; overflow-x: auto; overflow-wrap: normal; margin: 0.5rem 0; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: 0.5rem; }
nav { background: var(--panel); border-block: 1px solid var(--line); padding: 1rem; font-size: 0.9375rem; }
nav ul { list-style: none; margin: 0 0 0.75rem; padding: 0; }
nav h2 { font-size: 0.8125rem; color: var(--soft); margin: 0.75rem 0 0.25rem; font-weight: 600; }
nav a { display: flex; gap: 0.5rem; align-items: baseline; padding: 0.3rem 0; text-decoration: none; color: inherit; }
nav a:hover { color: var(--accent); }
body > header, main { padding: 1rem; max-width: 52rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.375rem; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1.0625rem; margin: 0; }
h4 { font-size: 0.9375rem; margin: 1.25rem 0 0.35rem; color: var(--soft); }
article { border: 1px solid var(--line); border-radius: 10px; padding: 1rem; margin: 1rem 0; }
article > header { display: flex; flex-wrap: wrap; gap: 0.25rem 0.6rem; align-items: baseline; }
.path { display: block; margin: 0.5rem 0; }
.method { font: 600 0.75rem/1 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; flex: none; min-width: 2.8rem; }
.get { color: var(--get); } .post { color: var(--post); } .put, .delete { color: var(--put); }
.soft { color: var(--soft); }
dl { margin: 0; display: grid; gap: 0.6rem 1rem; grid-template-columns: 1fr; }
dt { font-weight: 600; } dt .soft { font-weight: 400; } dd { margin: 0; } dd p { margin: 0.15rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; color: var(--accent); }
.flag { font-size: 0.75rem; border: 1px solid currentColor; border-radius: 999px; padding: 0.05rem 0.5rem; color: var(--put); }
@media (min-width: 40rem) { dl { grid-template-columns: minmax(9rem, 14rem) 1fr; } }
@media (min-width: 64rem) {
  body { display: grid; grid-template: auto 1fr / 19rem minmax(0, 1fr); }
  nav {
    grid-area: 1 / 1 / 3; position: sticky; top: 0; height: 100vh; overflow-y: auto;
    border-block: 0; border-right: 1px solid var(--line);
  }
  body > header { grid-area: 1 / 2; padding: 2rem 3rem 0; }
  main { grid-area: 2 / 2; padding: 0 3rem 6rem; }
}
@media print { nav { display: none; } article { break-inside: avoid; } }
`;
