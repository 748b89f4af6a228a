/** What is drawn around the line: machines, intervals of the levels, steps. */
import uPlot from "uplot";
import type { Course } from "./course.ts";

/** The style sheet's colours, as they are in the reader's theme. */
export interface Colours {
  readonly ink: string;
  readonly line: string;
  readonly step: string;
  readonly edge: string;
  readonly soft: string;
  readonly machines: readonly string[];
}

export const machineColours = 4;

export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement);
  const own = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: getComputedStyle(document.body).color,
    line: own("--line"),
    step: own("--step"),
    edge: own("--edge"),
    soft: own("--soft"),
    machines: Array.from({ length: machineColours }, (_, place) => own(`--machine${place}`)),
  };
}

/** Below the dates. */
const strip = { top: 32, height: 18 };
export const belowPlot = strip.top + strip.height + 2;

export function marks(course: Course, hosts: readonly string[], colours: Colours): uPlot.Plugin {
  return {
    hooks: {
      drawClear: (plot) => {
        drawLevels(plot, course, colours);
        drawMachines(plot, course, hosts, colours);
      },
      draw: (plot) => drawSteps(plot, course, colours),
    },
  };
}

/** Left and right edge of some places on the canvas, cut to what is shown; undefined where nothing of them is. */
function edges(plot: uPlot, from: number, to: number): [left: number, right: number] | undefined {
  const { left, width } = plot.bbox;
  const start = Math.max(left, plot.valToPos(from, "x", true));
  const end = Math.min(left + width, plot.valToPos(to, "x", true));
  return end > start ? [start, end] : undefined;
}

function drawLevels(plot: uPlot, { levels }: Course, { line }: Colours): void {
  const { ctx, bbox } = plot;
  const low = plot.scales["y"]?.min ?? 0;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.globalAlpha = 0.2;
  ctx.fillStyle = line;
  for (const level of levels) {
    const sides = edges(plot, level.from - 0.5, level.to + 0.5);
    if (sides === undefined) continue;
    const top = plot.valToPos(Math.max(low, level.high), "y", true);
    // Below what a logarithm can show lies the plot's lower edge.
    const bottom = plot.valToPos(Math.max(low, level.low), "y", true);
    ctx.fillRect(sides[0], top, sides[1] - sides[0], Math.max(uPlot.pxRatio, bottom - top));
  }
  ctx.restore();
}

function drawMachines(plot: uPlot, { machines }: Course, hosts: readonly string[], { machines: fills, ink }: Colours): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const top = bbox.top + bbox.height + strip.top * ratio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const { from, to, host } of machines) {
    const sides = edges(plot, from - 0.5, to + 0.5);
    if (sides === undefined) continue;
    const [left, right] = sides;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, right - left, strip.height * ratio);
    ctx.clip();
    ctx.globalAlpha = 0.3;
    ctx.fillStyle = fills[Math.max(0, host) % machineColours] ?? ink;
    ctx.fillRect(left, top, right - left, strip.height * ratio);
    ctx.globalAlpha = 1;
    ctx.fillStyle = ink;
    if (right - left > 30 * ratio) ctx.fillText(hosts[host] ?? "unknown machine", left + 4 * ratio, top + (strip.height / 2) * ratio);
    ctx.restore();
  }
  ctx.restore();
}

function drawSteps(plot: uPlot, { steps, points }: Course, { step }: Colours): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = step;
  ctx.fillStyle = step;
  ctx.lineWidth = 1.5 * ratio;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  let free = Number.NEGATIVE_INFINITY;
  for (const place of steps) {
    const x = plot.valToPos(place, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    // A name only where it covers none before it; all of them stand below the chart.
    if (x < free) continue;
    const name = `◆ ${points[place]?.commit.slice(0, 7) ?? ""}`;
    const width = ctx.measureText(name).width + 8 * ratio;
    const left = Math.max(free, Math.min(x + 4 * ratio, bbox.left + bbox.width - width));
    ctx.fillText(name, left, bbox.top + 11 * ratio);
    free = left + width;
  }
  ctx.restore();
}
