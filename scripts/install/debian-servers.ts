/**
 * nginx, haproxy, Redis and dnsmasq as Debian has them, unpacked into the cache and neither installed nor started:
 * `node scripts/install/debian-servers.ts` prints the folder that stands for `/`.
 */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { cached } from "./cache.ts";
import { command, runnable } from "./command.ts";

const programs = ["nginx", "haproxy", "redis-server", "redis-tools", "dnsmasq-base"];
/** What they need beyond what every Debian has. */
const libraries = [
  "libjemalloc2",
  "liblua5.3-0",
  "liblzf1",
  "libnetfilter-conntrack3",
  "libnfnetlink0",
  "libnftables1",
  "libnftnl11",
  "libopentracing-c-wrapper0",
  "libopentracing1",
  "libpcre2-posix3",
];

export async function install(): Promise<string> {
  const wanted = join("usr", "sbin", "nginx");
  const nginx = await cached("debian-servers", wanted, async (folder) => {
    const missing = "these servers come as Debian packages, and this system has no apt-get and dpkg";
    await command("apt-get", ["download", ...programs, ...libraries], { cwd: folder, missing });
    for (const archive of readdirSync(folder).filter((name) => name.endsWith(".deb")))
      await command("dpkg-deb", ["--extract", archive, "."], { cwd: folder, missing });
  });
  return dirname(dirname(dirname(nginx)));
}

await runnable(import.meta.url, install);
