/** The chosen course: the second script, with uPlot in it. */
import type uPlot from "uplot";
import { type Course, courseOf, type Point, pointsOf, type Stretch } from "./course.ts";
import type { Head } from "./data.ts";
import { button, element, part } from "./dom.ts";
import { coloursNow, machineColours } from "./marks.ts";
import { height, plotOf } from "./plot.ts";
import { spoken } from "./units.ts";
import { closer, earlier, later, moved, within } from "./view.ts";

const { forge } = globalThis;
const chart = part("chart", HTMLElement);
const logarithm = part("log", HTMLInputElement);
const loaded = new Map<number, readonly Point[]>();
const asked = new Set<number>();

/** What stands in the page now. */
let now:
  | { readonly course: Course; readonly plot: uPlot; readonly box: HTMLElement; readonly view: Stretch; readonly read: HTMLElement }
  | undefined;
let looked: Stretch | undefined;

function show(index: number): void {
  looked = undefined;
  load(index);
  draw();
}

/** Data in pieces is loaded by script elements, as pages from files may not fetch. */
function load(index: number): void {
  if (forge.shardSize === undefined || loaded.has(index)) return;
  const shard = Math.floor(index / forge.shardSize);
  if (asked.has(shard)) return;
  asked.add(shard);
  const script = element("script");
  script.src = `data/${shard}.js`;
  document.body.append(script);
}

function take(from: number, data: Parameters<typeof forgeShard>[1]): void {
  for (const [place, packed] of data.entries()) loaded.set(from + place, pointsOf(packed, forge));
  draw();
}

function draw(): void {
  const index = forge.chosen ?? -1;
  const head = forge.heads[index];
  if (head === undefined) return;
  now?.plot.destroy();
  now = undefined;
  chart.replaceChildren(element("h2", `${head.s === "" ? "" : `${head.s} / `}${head.n} (${head.m})`));
  if (head.r !== undefined) chart.append(element("p", `This run: ${head.r}`));
  const points = loaded.get(index);
  const course = courseOf(head, points ?? [], logarithm.checked);
  if (course.points.length === 0) chart.append(element("p", points === undefined ? "Loading." : "No values."));
  else fill(course);
}

function fill(course: Course): void {
  const last = course.points.length - 1;
  const view = within(looked ?? { from: 0, to: last }, last);
  const box = plotBox(course, view);
  const read = element("p", "Point at a value, or use the arrow keys in the chart; drag to look closer.");
  read.id = "read";
  read.setAttribute("role", "status");
  chart.append(box, read, bar(view, last), machines(course), told(course.head));
  const shown = { course, hosts: forge.hosts, view, logarithmic: logarithm.checked, colours: coloursNow() };
  const plot = plotOf(box, shown, {
    read: (place) => {
      read.textContent = reading(course, place);
    },
    look,
  });
  now = { course, plot, box, view, read };
  describe(course, view, box);
}

function plotBox({ head, points }: Course, view: Stretch): HTMLElement {
  const box = element("div");
  box.id = "plot";
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-roledescription", "chart");
  box.setAttribute("aria-label", `${head.n}: ${points.length} values. The left and right arrow keys read them.`);
  box.setAttribute("aria-describedby", "read");
  box.onkeydown = (event) => {
    const place = moved(event.key, now?.plot.cursor.idx ?? undefined, view);
    if (place === undefined) return;
    event.preventDefault();
    point(place);
  };
  return box;
}

/** The readout goes to a place as if it was pointed at. */
function point(place: number): void {
  if (now === undefined) return;
  const { course, plot, read } = now;
  plot.setCursor({ left: plot.valToPos(place, "x"), top: plot.valToPos(course.points[place]?.value ?? 0, "y") });
  read.textContent = reading(course, place);
}

/** What the canvas shows, in words that tests can read as well. */
function describe({ steps, levels }: Course, { from, to }: Stretch, box: HTMLElement): void {
  box.dataset["range"] = `${from} ${to}`;
  box.dataset["scale"] = logarithm.checked ? "logarithmic" : "linear";
  box.dataset["steps"] = String(steps.filter((place) => place >= from && place <= to).length);
  box.dataset["levels"] = String(levels.filter((level) => level.to >= from && level.from <= to).length);
}

function look(view: Stretch | undefined): void {
  looked = view;
  draw();
}

function bar(view: Stretch, last: number): HTMLElement {
  const made = element("p");
  const add = (text: string, go: () => Stretch | undefined): void => {
    const press = (): void => {
      look(go());
      // The chart is made anew, and the keyboard stays where it was.
      [...chart.querySelectorAll("button")].find(({ textContent }) => textContent === text)?.focus();
    };
    made.append(button(text, press), " ");
  };
  add("closer", () => closer(view));
  add("earlier", () => earlier(view));
  add("later", () => later(view, last));
  add("whole course", () => undefined);
  return made;
}

function machines(course: Course): HTMLElement {
  const counts = new Map<number, number>();
  for (const { host } of course.points) counts.set(host, (counts.get(host) ?? 0) + 1);
  const made = element("ul");
  for (const [host, count] of counts) {
    const item = element("li", `${machine(host)} (${count})`);
    item.className = `machine machine${Math.max(0, host) % machineColours}`;
    made.append(item);
  }
  return made;
}

function told({ t: steps }: Head): HTMLElement {
  const said = steps.length > 0 ? `Steps since ${steps.join(", ")}.` : "No step was found.";
  return element("p", `${said} Bands are 95 % intervals of the level between steps.`);
}

function reading({ points, head }: Course, place: number): string {
  const { commit = "", date = "", value = 0, host = -1 } = points[place] ?? {};
  return `${commit} ${date}: ${spoken(value, head.u)}, ${machine(host)}`;
}

function machine(host: number): string {
  return forge.hosts[host] ?? "unknown machine";
}

forge.show = show;
globalThis.forgeShard = take;
logarithm.onchange = draw;
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
new ResizeObserver(() => {
  if (now !== undefined && now.plot.width !== now.box.clientWidth) now.plot.setSize({ width: Math.max(240, now.box.clientWidth), height });
}).observe(chart);
const data = document.getElementById("data")?.textContent;
if (data) take(0, JSON.parse(data));
if (forge.chosen !== undefined) show(forge.chosen);
