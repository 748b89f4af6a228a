import { editDistance } from "../../../packages/frame/nearest.ts";
import { baseName, extensionOf, segmentsOf, withSlashes } from "./path-text.ts";

const longestName = 60;
const mostCompared = 20_000;

/** The paths that look most like what a report says: the same ending first, then the most similar file name. */
export function nearestPaths(written: string, paths: readonly string[], count: number): string[] {
  const segments = segmentsOf(withSlashes(written));
  const name = (segments.at(-1) ?? "").slice(0, longestName).toLowerCase();
  const alike = paths.filter((path) => extensionOf(path) === extensionOf(name));
  const compared = (alike.length === 0 ? paths : alike).slice(0, mostCompared);
  const scored = compared.map((path) => {
    const distance = editDistance(name, baseName(path).slice(0, longestName).toLowerCase());
    return { path, agreed: commonEnding(segments, path.split("/")), distance };
  });
  scored.sort((a, b) => b.agreed - a.agreed || a.distance - b.distance || (a.path < b.path ? -1 : 1));
  return scored.slice(0, count).map(({ path }) => path);
}

function commonEnding(a: readonly string[], b: readonly string[]): number {
  let agreed = 0;
  while (agreed < a.length && agreed < b.length && a[a.length - 1 - agreed] === b[b.length - 1 - agreed]) agreed++;
  return agreed;
}
