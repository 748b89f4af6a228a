import { beforeAll, describe, expect, it } from "vitest";
import { release } from "../../../scripts/release.ts";
import { Library } from "./library.ts";

/**
 * How Dependabot's `github_actions` ecosystem reads tags (dependabot-core, pull request 11286 and issues 14363 and 14787): a tag may carry
 * the name of the action's folder as its path, the version behind it has one to three numbers, a reference is compared with tags of its own
 * path only, and the newest one of the same precision is proposed.
 */
function proposed(tags: readonly string[], uses: string): string {
  const [, pinned = ""] = uses.split("@");
  const own = parsed(pinned);
  const rivals = tags
    .map(parsed)
    .filter((tag) => tag.path === own.path && tag.numbers.length === own.numbers.length && tag.numbers.length > 0);
  return rivals.sort((a, b) => compare(a.numbers, b.numbers)).at(-1)?.tag ?? pinned;
}

function parsed(tag: string): { tag: string; path: string; numbers: number[] } {
  const match = /^(?:(.+)\/)?v?(\d+(?:\.\d+){0,2})$/.exec(tag);
  return { tag, path: match?.[1] ?? "", numbers: match?.[2]?.split(".").map(Number) ?? [] };
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((number, at) => number - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

describe("what Dependabot proposes from the tags of a released library", () => {
  let tags: string[];

  beforeAll(() => {
    const library = Library.create();
    const steps = ["feat: start", "fix(alpha): a", "feat(beta)!: b", ...Array.from({ length: 10 }, (_, step) => `feat(alpha): ${step}`)];
    for (const [at, message] of steps.entries()) {
      const name = message.includes("beta") ? "beta" : "alpha";
      library.commit(message, { [`dist/${name}/index.js`]: `${at}\n` });
      release(library.folder, { dryRun: false, push: false });
    }
    tags = Object.keys(library.tags());
  });

  it.each([
    ["org/forge/actions/alpha@alpha/v1.0.0", "alpha/v1.10.0"],
    ["org/forge/actions/alpha@alpha/v1", "alpha/v1"],
    ["org/forge/actions/beta@beta/v1.0.0", "beta/v2.0.0"],
    ["org/forge/actions/beta@beta/v1", "beta/v2"],
    ["org/forge/actions/alpha@v1", "v2"],
    ["org/forge/actions/alpha@v1.0.0", "v2.10.0"],
  ])("%s -> %s", (uses, tag) => {
    expect(proposed(tags, uses)).toBe(tag);
  });
});
