import type { Route } from "./route.ts";
import { routes } from "./routes/index.ts";

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** These parameters may hold slashes. */
const greedy = new Set(["ref", "path", "branch", "basehead"]);

const compiledRoutes: readonly Compiled[] = routes.map((route) => {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const source = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (greedy.has(name) ? "(.+)" : "([^/]+)"));
  return { route, names, pattern: new RegExp(`^${source}$`) };
});

/** The operation that a path means, and what stands in its places. */
export function findRoute(method: string, path: string): { route: Route; parameters: Record<string, string> } | undefined {
  for (const { route, pattern, names } of compiledRoutes) {
    const match = route.method === method ? pattern.exec(path) : null;
    if (match === null) continue;
    return { route, parameters: Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? "")])) };
  }
  return undefined;
}
