import picomatch from "picomatch";
import { UserError } from "./errors.ts";

const longestPattern = 1_024;

/**
 * Whether a path with `/` matches a list of globs: `*`, `?`, `[a-z]`, `{a,b}`, `**`; dot files match like others. A pattern with a
 * leading `!` takes out what earlier ones let in; the last pattern that matches decides. `dir/` means everything below it.
 */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const rules = patterns.map((pattern) => {
    const negated = pattern.startsWith("!");
    return { include: !negated, matches: compileGlob(negated ? pattern.slice(1) : pattern) };
  });
  return (path) => {
    let included = false;
    for (const rule of rules) if (rule.include !== included && rule.matches(path)) included = rule.include;
    return included;
  };
}

/** One glob without a leading `!`. Extended globs (`+(a|b)`) are plain characters: they would allow patterns that take exponential time. */
export function compileGlob(pattern: string): (path: string) => boolean {
  const normal = normalizeGlob(pattern);
  if (!hasGlob(normal)) return (path) => path === normal;
  let matches: ((path: string) => boolean) | undefined;
  return (path) => {
    // Compiled by the first question: most default globs are never asked. Names may hold line ends (`s`), and must not slip through by them.
    matches ??= picomatch(normal, { dot: true, noextglob: true, nonegate: true, strictSlashes: true, flags: "s" });
    return matches(path);
  };
}

/** Without `./`, with `dir/` as `dir/**`; refuses what no path can match. */
export function normalizeGlob(pattern: string): string {
  if (pattern.length > longestPattern)
    throw new UserError(`A glob may have at most ${longestPattern} characters; one has ${pattern.length}.`);
  if (pattern.includes("\0")) throw new UserError("A glob must not hold a NUL character.");
  const plain = pattern.replace(/^(\.\/)+/, "");
  return plain.endsWith("/") ? `${plain}**` : plain;
}

/** Whether a pattern can match more than one path. */
export function hasGlob(pattern: string): boolean {
  return /[*?[\]{}\\]/.test(pattern);
}

/** The folder below which everything that the pattern matches lies: `src` for `src/**\/*.ts`, an empty text for the top. */
export function globBase(pattern: string): string {
  const segments = pattern.split("/");
  const first = segments.findIndex((segment) => hasGlob(segment));
  return (first === -1 ? segments.slice(0, -1) : segments.slice(0, first)).join("/");
}
