import type { Algorithm, Sizes } from "./model.ts";

/** `12.34 kB`, `999 B`, with kB = 1000; whole below a thousand, three digits above. */
export function bytesText(bytes: number): string {
  const size = Math.abs(bytes);
  const sign = bytes < 0 ? "-" : "";
  if (size < 1000) return `${sign}${size} B`;
  const unit = size < 1e6 ? ([1e3, "kB"] as const) : size < 1e9 ? ([1e6, "MB"] as const) : ([1e9, "GB"] as const);
  const value = size / unit[0];
  return `${sign}${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit[1]}`;
}

/** With a sign, also for more. */
export function deltaText(bytes: number): string {
  return bytes > 0 ? `+${bytesText(bytes)}` : bytes === 0 ? "±0 B" : bytesText(bytes);
}

/** Hundredths of a percent, cut towards zero; `undefined` where there was nothing before. */
export function percentText(delta: number, before: number): string | undefined {
  if (before === 0) return undefined;
  const hundredths = (BigInt(Math.abs(delta)) * 10_000n) / BigInt(before);
  const text = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
  return delta < 0 && hundredths > 0n ? `-${text}` : text;
}

export function sizeOf(sizes: Sizes | undefined, algorithm: Algorithm): number {
  return sizes?.[algorithm] ?? 0;
}

export const algorithmNames: Readonly<Record<Algorithm, string>> = { none: "uncompressed", gzip: "gzip", brotli: "brotli", zstd: "zstd" };
