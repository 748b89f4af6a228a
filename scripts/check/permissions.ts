import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the runner and git use, without a request that a test could see. */
const unseen = new Set(["contents: read"]);

/** `contents` to `write` and so on, as the table "Permissions" of an action's README grants them. */
export function documentedPermissions(root: string, action: string): Map<string, "read" | "write"> {
  const readme = readFileSync(join(root, "actions", action, "README.md"), "utf8");
  const table = /^## Permissions$([\s\S]*?)(?=^## )/m.exec(readme)?.[1] ?? "";
  return new Map(
    [...table.matchAll(/^\| `([a-z-]+): (read|write)` \|/gm)].map(([, name = "", access]) => [name, access as "read" | "write"]),
  );
}

/** Permissions that are documented and that no run has needed; `file` holds a line `action permission: access` for each that was. */
export function idlePermissions(root: string, file: string): string[] {
  const needed = existsSync(file) ? new Set(readFileSync(file, "utf8").split("\n")) : new Set<string>();
  return readdirSync(join(root, "actions")).flatMap((action) =>
    [...documentedPermissions(root, action)]
      .map(([permission, access]) => `${permission}: ${access}`)
      .filter((grant) => !unseen.has(grant) && !needed.has(`${action} ${grant}`))
      .map((grant) => `${action} documents \`${grant}\`, which no test has needed.`),
  );
}
