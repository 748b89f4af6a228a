import { UserError } from "../../../packages/frame/errors.ts";
import type { Decimal } from "../../../packages/frame/manifest.ts";
import { isBelow, percentText } from "./fraction.ts";
import type { Ratio } from "./model.ts";

export interface Badge {
  readonly svg: string;
  /** For https://shields.io/badges/endpoint-badge. */
  readonly json: string;
}

const colors = { red: "#e05d44", yellowgreen: "#a4a61d", brightgreen: "#4c1", lightgrey: "#9f9f9f" } as const;
type Color = keyof typeof colors;

/** Green from the minimum up, red below it. `label` may hold anything. */
export function drawBadge(label: string, ratio: Ratio, minimum: Decimal): Badge {
  const percent = percentText(ratio);
  const message = percent === undefined ? "unknown" : `${percent}%`;
  const color = colorOf(ratio, minimum);
  return {
    svg: svg(label.slice(0, 60), message, colors[color]),
    json: `${JSON.stringify({ schemaVersion: 1, label: label.slice(0, 60), message, color })}\n`,
  };
}

function colorOf(ratio: Ratio, minimum: Decimal): Color {
  if (ratio.total === 0) return "lightgrey";
  if (isBelow(ratio, minimum)) return "red";
  return isBelow(ratio, { units: 90n, scale: 0, text: "90" }) ? "yellowgreen" : "brightgreen";
}

function svg(label: string, message: string, color: string): string {
  const [left, right] = [widthOf(label), widthOf(message)];
  const title = escapeXml(`${label}: ${message}`);
  const text = (center: number, width: number, content: string): string =>
    `<text x="${center}" y="14" textLength="${width - 10}" lengthAdjust="spacingAndGlyphs">${escapeXml(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<clipPath id="r"><rect width="${left + right}" height="20" rx="3" fill="#fff"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#555"/><rect x="${left}" width="${right}" height="20" fill="${color}"/></g>`,
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">`,
    `${text(left / 2, left, label)}${text(left + right / 2, right, message)}</g></svg>`,
    "",
  ].join("\n");
}

/** Near enough for Verdana at 11 pixels; `textLength` makes the text fit exactly. */
function widthOf(text: string): number {
  let width = 10;
  for (const letter of text) width += /[ilj.,:;'|! ]/.test(letter) ? 4 : /[mwMW%@]/.test(letter) ? 11 : 7;
  return width;
}

function escapeXml(text: string): string {
  const plain = Array.from(text, (letter) => (isAllowed(letter.codePointAt(0) ?? 0) ? letter : "\ufffd")).join("");
  return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** XML 1.0 has no way to write most control characters. */
function isAllowed(code: number): boolean {
  return code >= 0x20
    ? !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
    : code === 9 || code === 10 || code === 13;
}

/** The endpoint's path beside the picture's. Throws a `UserError` for a path that is not an SVG. */
export function endpointPath(path: string): string {
  if (!/[^/]\.svg$/i.test(path)) throw new UserError(`badge: "${path}" does not end in .svg. Example: coverage.svg`);
  return `${path.slice(0, -4)}.json`;
}
