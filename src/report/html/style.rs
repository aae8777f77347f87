//! How the page looks: light and dark, on screens of any width and on paper.

/// The style sheet. Text has a contrast of at least 4.5 to what it stands on.
pub(super) const STYLE: &str = "
:root { --ground: #ffffff; --text: #1b2430; --faint: #525d6b; --rule: #d5dae1; --stripe: #f6f8fa; --link: #1d4fb8; --panel: #f3f5f8;
  --good: #14632f; --good-ground: #e1f3e6; --waiting: #1d4fb8; --waiting-ground: #e6eefc; --doubtful: #7d4800; --doubtful-ground: #fff0d4;
  --bad: #9d1f18; --bad-ground: #fde3e3; --plain: #48525f; --plain-ground: #e9ecf0; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #14181d; --text: #e6eaef; --faint: #a9b3be; --rule: #353d47; --stripe: #191e24; --link: #8db8ff; --panel: #1c2229;
    --good: #7fd89a; --good-ground: #15351f; --waiting: #9cc2ff; --waiting-ground: #172a4a; --doubtful: #f0be6e; --doubtful-ground: #3a2a0a;
    --bad: #ffa8a0; --bad-ground: #431a18; --plain: #c0c8d1; --plain-ground: #2a3038; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 90rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK KR', sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 2px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 1rem 0 0; padding: 0; }
.numbers { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 0; }
.numbers div { background: var(--panel); border-radius: 8px; padding: .5rem 1rem; min-width: 6.5rem; display: flex; flex-direction: column-reverse; }
.numbers div.bad { background: var(--bad-ground); }
.numbers div.bad dt, .numbers div.bad dd { color: var(--bad); }
.numbers dt { color: var(--faint); font-size: .85rem; }
.numbers dd { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.2; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .93rem; }
.wide table { min-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem .5rem; border-bottom: 1px solid var(--rule); }
thead th { color: var(--faint); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
tbody tr:nth-child(even) { background: var(--stripe); }
.key { font-family: ui-monospace, 'DejaVu Sans Mono', 'Noto Sans Mono CJK KR', monospace; font-size: .87rem; }
td.key { overflow-wrap: anywhere; min-width: 7rem; }
td.file { min-width: 13rem; }
td.words { min-width: 14rem; max-width: 40rem; overflow-wrap: anywhere; white-space: pre-line; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.faint { color: var(--faint); font-weight: 400; }
.badge { display: inline-block; margin: .1rem 0; padding: 0 .5rem; border-radius: 1rem; font-size: .85rem; white-space: nowrap; border: 1px solid currentColor; }
.good { color: var(--good); background: var(--good-ground); }
.waiting { color: var(--waiting); background: var(--waiting-ground); }
.doubtful { color: var(--doubtful); background: var(--doubtful-ground); }
.badge.bad { color: var(--bad); background: var(--bad-ground); }
.plain { color: var(--plain); background: var(--plain-ground); }
.problem { border-left: 4px solid var(--bad); background: var(--bad-ground); padding: .4rem .9rem; margin: .75rem 0; overflow-wrap: anywhere; }
.problem p { margin: .2rem 0; white-space: pre-line; }
.hint::before { content: 'What to do: '; font-weight: 600; }
figure { margin: 0; }
.picture { max-height: 85vh; overflow: auto; border: 1px solid var(--rule); border-radius: 8px; }
.picture svg { display: block; }
figcaption, footer { color: var(--faint); font-size: .87rem; margin-top: .5rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  .wide, .picture { overflow: visible; max-height: none; border: 0; }
  .picture svg { max-width: 100%; height: auto; }
  h2, h3 { break-after: avoid; }
  tr, .problem { break-inside: avoid; }
  .badge, .numbers div, .problem { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  td.key, .time, tbody th { white-space: normal; min-width: 0; }
}
";
