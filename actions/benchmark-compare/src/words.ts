import type { Result } from "./verdicts.ts";

const timeSteps = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
] as const;
const byteSteps = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
] as const;

/** A value in base units, short: `1.23 ms`. */
export function valueText(value: number | null, unit: string): string {
  if (value === null) return "";
  const steps = unit === "ns" ? timeSteps : unit === "B" || unit === "B/s" ? byteSteps : [];
  const step = steps.find(([size]) => Math.abs(value) >= size);
  const shown = short(step === undefined ? value : value / step[0]);
  const name = step === undefined ? unit : unit === "B/s" ? `${step[1]}/s` : step[1];
  return name === "" ? shown : `${shown} ${name}`;
}

function short(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

/** `+12.3 %`; factors above ten are told as such. */
export function changeText(change: number | null): string {
  if (change === null) return "from 0";
  if (change >= 9) return `${short(change + 1)} times`;
  const percent = change * 100;
  const digits = Math.abs(percent) < 10 ? 2 : 1;
  return `${percent > 0 ? "+" : ""}${Number(percent.toFixed(digits))} %`;
}

export function intervalText(interval: Result["interval"]): string {
  if (interval === null || interval[0] === interval[1]) return "";
  return `${changeText(interval[0])} to ${changeText(interval[1])}`;
}

/** What a benchmark is called where several metrics and suites may stand beside each other. */
export function titleOf({ suite, name, metric }: Pick<Result, "suite" | "name" | "metric">): string {
  const whole = suite === "" ? name : `${suite}/${name}`;
  return metric === "time" || metric === "value" || metric === "score" ? whole : `${whole} (${metric})`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
