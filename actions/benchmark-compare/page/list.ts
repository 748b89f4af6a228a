/** The list of all series: the first script, which needs nothing that stands behind it. */
import type { Head } from "./data.ts";
import { button, element, part } from "./dom.ts";

const { forge } = globalThis;
const list = part("list", HTMLElement);
const search = part("search", HTMLInputElement);
const group = part("group", HTMLSelectElement);
const spark = part("spark", HTMLTemplateElement);

function fill(): void {
  list.replaceChildren();
  for (const [name, indices] of grouped()) {
    if (name !== "") list.append(element("h2", name));
    for (const index of indices) list.append(entry(index));
  }
  if (list.firstChild === null) list.append(element("p", "Nothing matches."));
}

function grouped(): Map<string, number[]> {
  const text = search.value.toLowerCase();
  const groups = new Map<string, number[]>();
  for (const [index, { n, s, m }] of forge.heads.entries()) {
    if (!`${s} ${n} ${m}`.toLowerCase().includes(text)) continue;
    const name = group.value === "suite" ? s : group.value === "metric" ? m : "";
    const own = groups.get(name);
    if (own === undefined) groups.set(name, [index]);
    else own.push(index);
  }
  return groups;
}

function entry(index: number): HTMLButtonElement {
  const head = forge.heads[index] as Head;
  const made = button("", () => {
    location.hash = String(index);
  });
  const metric = head.m === "time" || head.m === "value" ? "" : ` (${head.m})`;
  made.append(element("span", `${head.n}${metric}${head.t.length > 0 ? " ◆" : ""}`), line(head.l));
  made.title = head.n;
  made.dataset["index"] = String(index);
  made.setAttribute("aria-current", String(index === forge.chosen));
  return made;
}

/** A copy of the page's template: making SVG by script needs its namespace's address, and the page names none. */
function line(values: readonly number[]): Node {
  const copy = spark.content.cloneNode(true) as DocumentFragment;
  if (values.length < 2) return copy;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const points = values.map((value, place) => {
    const x = 1 + (place * 88) / (values.length - 1);
    const y = high === low ? 9 : 16 - (14 * (value - low)) / (high - low);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  copy.querySelector("path")?.setAttribute("d", `M${points.join("L")}`);
  return copy;
}

function choose(index: number): void {
  if (forge.heads[index] === undefined) return;
  forge.chosen = index;
  // The list stays as it is, so that the keyboard keeps its place in it.
  for (const each of buttons()) each.setAttribute("aria-current", String(Number(each.dataset["index"]) === index));
  forge.show?.(index);
}

function buttons(): HTMLButtonElement[] {
  return [...list.querySelectorAll("button")];
}

search.oninput = fill;
group.onchange = fill;
search.onkeydown = ({ key }) => {
  if (key === "ArrowDown") buttons()[0]?.focus();
};
list.onkeydown = (event) => {
  const all = buttons();
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  if (event.key === "ArrowDown") all[at + 1]?.focus();
  else if (event.key === "ArrowUp") (all[at - 1] ?? search).focus();
  else return;
  event.preventDefault();
};
addEventListener("hashchange", () => choose(Number(location.hash.slice(1))));
/** What stands behind the list waits as text until the list has been painted: browsers parse it all before that otherwise. */
function awaken(): void {
  for (const sleeping of document.querySelectorAll<HTMLScriptElement>('script[type="text/plain"]')) {
    const script = element("script", sleeping.text);
    const { src } = sleeping.dataset;
    if (src !== undefined) script.src = src;
    sleeping.replaceWith(script);
  }
}

addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => setTimeout(awaken)));
fill();
choose(Number(location.hash.slice(1)));
