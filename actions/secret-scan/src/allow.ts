import type { TargetedAllowance } from "./config/rules.ts";
import { compileTest } from "./engine/compile.ts";
import type { Allowance, Occurrence, Rule } from "./model.ts";

type Test = (occurrence: Occurrence) => boolean;

/** Says whether a configuration accepts a finding, or its rule does not look at that path. */
export function openAllowlists(rules: readonly Rule[], allow: readonly TargetedAllowance[]): Test {
  const compiled = new Map<Allowance, Test>();
  const test = (allowance: Allowance): Test => {
    const known = compiled.get(allowance) ?? compile(allowance);
    compiled.set(allowance, known);
    return known;
  };
  const paths = new Map(
    rules.flatMap(({ id, limits }) => (limits?.path === undefined ? [] : [[id, compileTest(id, limits.path)] as const])),
  );
  return (occurrence) => {
    const rule = rules[occurrence.detection.rule];
    if (rule === undefined) return true;
    const path = paths.get(rule.id);
    if (path !== undefined && !pathsOf(occurrence).some((name) => path.test(name))) return true;
    const global = allow.filter(({ targets }) => targets.length === 0 || targets.includes(rule.id));
    return [...(rule.limits?.allow ?? []), ...global].some((allowance) => test(allowance)(occurrence));
  };
}

/** Patterns run on bytes: a text as one character a byte of its UTF-8. */
export function asBytes(text: string): string {
  let plain = true;
  for (let index = 0; index < text.length && plain; index++) plain = text.charCodeAt(index) < 128;
  if (plain) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** The path, and of a member of an archive its own and the archive's, as bytes. */
function pathsOf({ path, detection: { member } }: Occurrence): string[] {
  const names = member === undefined ? [path] : [path, path.slice(0, path.length - member.length - 1), member];
  return names.map(asBytes);
}

function compile(allowance: Allowance): Test {
  const where = `an allowlist (${allowance.description})`;
  const paths = allowance.paths.map((pattern) => compileTest(where, pattern));
  const patterns = allowance.patterns.map((pattern) => compileTest(where, pattern));
  const checks: Test[] = [];
  if (allowance.commits.length > 0) checks.push(({ commit = "" }) => commit !== "" && allowance.commits.includes(commit));
  if (paths.length > 0) checks.push((occurrence) => pathsOf(occurrence).some((name) => paths.some((pattern) => pattern.test(name))));
  if (patterns.length > 0) checks.push((occurrence) => patterns.some((pattern) => pattern.test(asBytes(targetOf(allowance, occurrence)))));
  if (allowance.stopwords.length > 0)
    checks.push(({ detection }) => {
      const secret = detection.secret.toLowerCase();
      return allowance.stopwords.some((word) => secret.includes(word));
    });
  if (checks.length === 0) return () => false;
  return allowance.all
    ? (occurrence) => checks.every((check) => check(occurrence))
    : (occurrence) => checks.some((check) => check(occurrence));
}

function targetOf({ target }: Allowance, { detection }: Occurrence): string {
  if (target === "secret") return detection.secret;
  return (target === "line" ? detection.context?.line : detection.context?.match) ?? detection.secret;
}
