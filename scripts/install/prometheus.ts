/** Prometheus as Debian has it, unpacked into the cache and not installed: `node scripts/install/prometheus.ts` prints where it is. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { command, runnable } from "./command.ts";

export async function install(): Promise<string> {
  return cached("prometheus-debian", join("usr", "bin", "prometheus"), async (folder) => {
    const missing = "Prometheus comes as a Debian package, and this system has no apt-get and dpkg";
    await command("apt-get", ["download", "prometheus"], { cwd: folder, missing });
    const archive = readdirSync(folder).find((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Error("apt-get gave no package of Prometheus");
    await command("dpkg-deb", ["--extract", archive, "."], { cwd: folder, missing });
  });
}

await runnable(import.meta.url, install);
