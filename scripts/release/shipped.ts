import type { Repository } from "./repository.ts";

/** Something with bytes of its own in the download: an action, a composite, a reusable workflow or the command line. */
export interface Unit {
  readonly kind: "action" | "composite" | "workflow" | "command line";
  readonly name: string;
  /** The file that declares what callers may give and get, if there is one. */
  readonly contract: string | undefined;
  /** What is shipped, by path, at the commit that is looked at: the id of each file's content. */
  readonly shipped: ReadonlyMap<string, string>;
  /** Where its sources are: commits that touch these tell what changed. */
  readonly sources: readonly string[];
}

const sharedPath = /(["'`])\.\.\/(?:shared\/)?([a-z0-9-]+)\/index\.js\1/g;

/** Everything that `commit` ships and that callers can name. */
export function unitsAt(repository: Repository, commit: string): Unit[] {
  const names = (folder: string, pattern: RegExp): string[] => [
    ...new Set([...repository.contents(commit, [folder]).keys()].flatMap((path) => pattern.exec(path)?.[1] ?? [])),
  ];
  const actions = names("actions", /^actions\/([^/]+)\/action\.yml$/).map((name) => actionAt(repository, commit, name));
  const composites = names("composite", /^composite\/([^/]+)\/action\.ya?ml$/).map((name): Unit => {
    const folder = `composite/${name}`;
    return { kind: "composite", name, contract: `${folder}/action.yml`, ...ships(repository, commit, [folder]), sources: [folder] };
  });
  const workflows = names("reusable-workflows", /^reusable-workflows\/([^/]+)\.ya?ml$/).map((name): Unit => {
    const file = `.github/workflows/${name}.yml`;
    return {
      kind: "workflow",
      name,
      contract: file,
      ...ships(repository, commit, [file]),
      sources: [file, `reusable-workflows/${name}.yml`],
    };
  });
  return [...actions, ...composites, ...workflows, ...commandLine(repository, commit)];
}

function actionAt(repository: Repository, commit: string, name: string): Unit {
  const contract = `actions/${name}/action.yml`;
  const bundle = `dist/${name}`;
  const shared = sharedOf(repository, commit, bundle);
  return {
    kind: "action",
    name,
    contract,
    ...ships(repository, commit, [contract, bundle, ...shared]),
    sources: [contract, `actions/${name}/src`, `actions/${name}/adapters`, bundle, "packages", ...shared],
  };
}

function commandLine(repository: Repository, commit: string): Unit[] {
  const unit: Unit = {
    kind: "command line",
    name: "forge",
    contract: undefined,
    ...ships(repository, commit, ["dist/forge"]),
    sources: ["packages/cli", "dist/forge"],
  };
  return unit.shipped.size > 0 ? [unit] : [];
}

function ships(repository: Repository, commit: string, paths: readonly string[]): Pick<Unit, "shipped"> {
  return { shipped: repository.contents(commit, paths) };
}

/** The shared bundles that a bundle loads, and those that these load. */
function sharedOf(repository: Repository, commit: string, bundle: string): string[] {
  const found = new Set<string>();
  const waiting = [bundle];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const path of repository.contents(commit, [folder]).keys()) {
      if (!path.endsWith(".js")) continue;
      for (const [, , name] of (repository.read(commit, path) ?? "").matchAll(sharedPath)) {
        const next = `dist/shared/${name}`;
        if (found.has(next) || repository.contents(commit, [next]).size === 0) continue;
        found.add(next);
        waiting.push(next);
      }
    }
  }
  return [...found].sort();
}

/** True where both ship the same files with the same bytes. */
export function sameBytes(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, id]) => b.get(path) === id);
}
