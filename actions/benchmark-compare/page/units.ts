const steps: Readonly<Record<string, readonly (readonly [size: number, unit: string])[]>> = {
  ns: [
    [1e9, "s"],
    [1e6, "ms"],
    [1e3, "µs"],
  ],
  B: [
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ],
  "B/s": [
    [1e9, "GB/s"],
    [1e6, "MB/s"],
    [1e3, "kB/s"],
  ],
};

/** `2_345_678, "ns"` is `2.346 ms`. */
export function spoken(value: number, unit: string): string {
  const [size, name] = (Object.hasOwn(steps, unit) ? steps[unit] : [])?.find(([least]) => Math.abs(value) >= least) ?? [1, unit];
  return `${Number((value / size).toPrecision(4))} ${name}`;
}
