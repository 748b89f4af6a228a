/** The README's ready targets, as a reader copies them. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export type Entry = Readonly<Record<string, unknown>> & { readonly name: string };

const readme = readFileSync(new URL("../../../actions/health-check/README.md", import.meta.url), "utf8");
const block = /## Ready targets\n+```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";

export const readyTargets = parse(block) as readonly Entry[];

/** One of them, changed where the world of the test needs it. */
export function ready(name: string, changes: Readonly<Record<string, unknown>> = {}): Entry {
  const found = readyTargets.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`the README has no ready target ${name}`);
  return { ...found, ...changes };
}
