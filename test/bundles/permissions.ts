import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { documentedPermissions } from "../../scripts/check/permissions.ts";
import { running } from "../fake-github/running.ts";

const root = resolve(import.meta.dirname, "..", "..");

/** Begins to watch what is asked of the fake GitHub at `url`; the function that is given back ends it, and throws for what is not documented. */
export function watchPermissions(action: string, url: string | undefined): () => void {
  const fake = running.get(url ?? "");
  if (fake === undefined) return () => undefined;
  const before = fake.requests.length;
  return () => {
    const documented = documentedPermissions(root, action);
    for (const { method, path, needs } of fake.requests.slice(before)) {
      if (needs.length === 0) continue;
      const met = needs.filter((need) => isMet(need, documented));
      if (process.env["FORGE_GATHER"] !== undefined) {
        appendFileSync(process.env["FORGE_GATHER"], `${action} ${needs.join("|")} ${method} ${path.replace(/[0-9a-f]{7,}|\d+/g, "N")}\n`);
        continue;
      }
      if (met.length === 0)
        throw new Error(
          `${action} asked ${method} ${path}, which takes ${needs.join(" or ")}; its README does not grant that under "Permissions".`,
        );
      for (const need of met) record(action, need);
    }
  };
}

function isMet(need: string, documented: ReadonlyMap<string, "read" | "write">): boolean {
  const [name = "", access] = need.split("=");
  const granted = documented.get(name.replaceAll("_", "-"));
  return granted === "write" || (granted === "read" && access === "read");
}

/** For `scripts/ci.ts`, which compares when everything has run. */
function record(action: string, need: string): void {
  const file = process.env["FORGE_RECORDED_PERMISSIONS"];
  if (file !== undefined) appendFileSync(file, `${action} ${need.replace("=", ": ").replaceAll("_", "-")}\n`);
}
