import { createMasker, mask } from "../../../packages/frame/masking.ts";

/** Tokens of GitHub by their looks, and what an `Authorization` header holds: logs of failing requests are full of them. */
const looks = [
  /\bgh[pousr]_[A-Za-z0-9]{20,255}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,255}/g,
  /(?<=\bauthorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token)\s{1,3})[^\s"']{4,4096}/gi,
];

export type Hide = (text: string) => string;

/** Takes secrets out of what an issue will show: an issue is read by more people than a log, and no runner masks it. */
export function hiding(token: string | undefined): Hide {
  const masker = createMasker();
  if (token !== undefined) masker.add(token);
  return (text) => looks.reduce((sum, look) => sum.replace(look, mask), masker.mask(text));
}

/** The same for every text of a flat object, and of its lists. */
export function hideIn<T extends object>(hide: Hide, given: T): T {
  const hidden = (value: unknown): unknown => {
    if (typeof value === "string") return hide(value);
    return Array.isArray(value) ? value.map(hidden) : value;
  };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, hidden(value)])) as T;
}
