import type { ArtifactFacts, PullFacts, RunFacts } from "../src/model.ts";

/** GitHub's answers, cut down to what is used; `undefined` for what is not one. */

export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Readonly<Record<string, unknown>>)[key] : undefined),
    value,
  );
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function arrayAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function runFacts(value: unknown): RunFacts | undefined {
  const id = at(value, "id");
  const headSha = textAt(value, "head_sha");
  if (typeof id !== "number" || headSha === undefined) return undefined;
  const attempt = at(value, "run_attempt");
  const home = textAt(value, "repository", "full_name");
  return {
    id,
    attempt: typeof attempt === "number" ? attempt : 1,
    headSha,
    event: textAt(value, "event") ?? "",
    status: textAt(value, "status") ?? "",
    conclusion: textAt(value, "conclusion") ?? "",
    headBranch: textAt(value, "head_branch") ?? "",
    headRepository: homeOf(at(value, "head_repository")),
    pulls: arrayAt(value, "pull_requests").flatMap((pull) => {
      const number = at(pull, "number");
      // The list names pull requests in other repositories too, such as those inside a fork.
      const elsewhere = home !== undefined && textAt(pull, "base", "repo", "url")?.endsWith(`/repos/${home}`) === false;
      return typeof number === "number" && !elsewhere ? [number] : [];
    }),
  };
}

/** `null` is a fork that is gone. */
function homeOf(repository: unknown): string | undefined {
  return repository === undefined ? undefined : (textAt(repository, "full_name") ?? "");
}

export function pullFacts(value: unknown): PullFacts | undefined {
  const number = at(value, "number");
  const headSha = textAt(value, "head", "sha");
  if (typeof number !== "number" || headSha === undefined) return undefined;
  return {
    number,
    headSha,
    headBranch: textAt(value, "head", "ref") ?? "",
    headRepository: homeOf(at(value, "head", "repo")),
  };
}

export function artifactFacts(value: unknown): ArtifactFacts | undefined {
  const id = at(value, "id");
  const name = textAt(value, "name");
  const size = at(value, "size_in_bytes");
  if (typeof id !== "number" || name === undefined) return undefined;
  return { id, name, size: typeof size === "number" ? size : 0, expired: at(value, "expired") === true };
}
