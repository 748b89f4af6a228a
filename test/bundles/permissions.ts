import { appendFileSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { running } from "../fake-github/running.ts";

const root = resolve(import.meta.dirname, "..", "..");

/** `contents: write` and so on, as the table "Permissions" of an action's README grants them. */
export function documentedPermissions(action: string): Map<string, "read" | "write"> {
  const readme = readFileSync(join(root, "actions", action, "README.md"), "utf8");
  const table = /^## Permissions$([\s\S]*?)(?=^## )/m.exec(readme)?.[1] ?? "";
  return new Map(
    [...table.matchAll(/^\| `([a-z-]+): (read|write)` \|/gm)].map(([, name = "", access]) => [name, access as "read" | "write"]),
  );
}

/** Begins to watch what is asked of the fake GitHub at `url`; the function that is given back ends it, and throws for what is not documented. */
export function watchPermissions(action: string, url: string | undefined): () => void {
  const fake = running.get(url ?? "");
  if (fake === undefined) return () => undefined;
  const before = fake.requests.length;
  return () => {
    const documented = documentedPermissions(action);
    for (const { method, path, needs } of fake.requests.slice(before)) {
      if (needs.length === 0) continue;
      const met = needs.find((need) => isMet(need, documented));
      if (process.env["FORGE_GATHER"] !== undefined) {
        appendFileSync(process.env["FORGE_GATHER"], `${action} ${needs.join("|")} ${method} ${path.replace(/[0-9a-f]{7,}|\d+/g, "N")}\n`);
        continue;
      }
      if (met === undefined)
        throw new Error(
          `${action} asked ${method} ${path}, which takes ${needs.join(" or ")}; its README does not grant that under "Permissions".`,
        );
      record(action, met);
    }
  };
}

function isMet(need: string, documented: ReadonlyMap<string, "read" | "write">): boolean {
  const [name = "", access] = need.split("=");
  const granted = documented.get(name.replaceAll("_", "-"));
  return granted === "write" || (granted === "read" && access === "read");
}

/** For the comparison at the end of a whole run: see `recorded-permissions.ts`. */
function record(action: string, need: string): void {
  const file = process.env["FORGE_RECORDED_PERMISSIONS"];
  if (file !== undefined) appendFileSync(file, `${action} ${need.replace("=", ": ").replaceAll("_", "-")}\n`);
}
