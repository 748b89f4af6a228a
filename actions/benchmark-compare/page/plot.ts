import uPlot from "uplot";
import { padded, rounds } from "./axes.ts";
import type { Course, Stretch } from "./course.ts";
import { belowPlot, type Colours, marks } from "./marks.ts";
import { spoken } from "./units.ts";

export interface Shown {
  readonly course: Course;
  readonly hosts: readonly string[];
  readonly view: Stretch;
  readonly logarithmic: boolean;
  readonly colours: Colours;
}

export interface Told {
  /** The place that is pointed at. */
  readonly read: (place: number) => void;
  /** The places that were dragged over; undefined asks for the whole course. */
  readonly look: (view: Stretch | undefined) => void;
}

export const height = 420;

/** A line over the places of the points: commits stand as far apart as there are runs, not days. */
export function plotOf(box: HTMLElement, shown: Shown, told: Told): uPlot {
  const { points } = shown.course;
  const options: uPlot.Options = {
    width: Math.max(240, box.clientWidth),
    height,
    legend: { show: false },
    plugins: [marks(shown.course, shown.hosts, shown.colours)],
    scales: scales(shown),
    axes: axes(shown),
    series: [{}, { stroke: shown.colours.line, width: 1.5, points: { size: 5, space: 8, fill: shown.colours.line } }],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          queueMicrotask(() => told.look(undefined));
          return null;
        },
      },
    },
    hooks: {
      setCursor: [({ cursor: { idx } }) => typeof idx === "number" && told.read(idx)],
      setSelect: [(plot) => dragged(plot, told)],
    },
  };
  return new uPlot(options, [points.map((_, place) => place), points.map(({ value }) => value)], box);
}

function dragged(plot: uPlot, { look }: Told): void {
  const { left, width } = plot.select;
  if (width <= 0) return;
  const from = Math.ceil(plot.posToVal(left, "x"));
  const to = Math.floor(plot.posToVal(left + width, "x"));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  // Looking closer replaces this plot, which is still at its work here.
  if (to - from > 1) queueMicrotask(() => look({ from, to }));
}

function scales({ view: { from, to }, logarithmic }: Shown): uPlot.Scales {
  return {
    x: { time: false, range: [from - 0.5, to + 0.5] },
    y: { distr: logarithmic ? 3 : 1, range: (_, low, high) => (low > high ? [0, 1] : padded(low, high, logarithmic)) },
  };
}

function axes({ course: { points, head }, logarithmic, colours }: Shown): uPlot.Axis[] {
  const font = "12px system-ui, sans-serif";
  const lines = { stroke: colours.edge, width: 1 };
  const dates: uPlot.Axis = {
    stroke: colours.ink,
    font,
    grid: { show: false },
    ticks: { ...lines, size: 5 },
    size: belowPlot,
    space: 90,
    incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000],
    values: (_, places) => places.map((place) => points[place]?.date.slice(0, 10) ?? ""),
  };
  const values: uPlot.Axis = {
    stroke: colours.ink,
    font,
    grid: lines,
    ticks: { ...lines, size: 4 },
    size: 84,
    splits: (_plot, _axis, low, high) => rounds(low, high, 7, logarithmic),
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map((value) => spoken(value, head.u)),
  };
  return [dates, values];
}
