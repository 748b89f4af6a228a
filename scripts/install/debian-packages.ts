/** Debian packages that some tests use: `node scripts/install/debian-packages.ts` installs them and prints where lcov is. */
import { existsSync } from "node:fs";
import { command, runnable } from "./command.ts";

/** Installs the packages that are missing. That takes apt-get and root; without them it says what to type. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of packages) {
    if (!(await isInstalled(name))) missing.push(name);
  }
  if (missing.length === 0) return;
  const list = missing.join(" ");
  if (process.getuid?.() !== 0) throw new Error(`These Debian packages are missing: ${list}. Install them: sudo apt-get install ${list}`);
  // The lock of another apt-get is waited for, so that two runs at once both succeed.
  const options = ["--quiet", "--option", "DPkg::Lock::Timeout=300"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = [...options, "install", "--yes", "--no-install-recommends", ...missing];
  try {
    await command("apt-get", install, { env });
  } catch {
    // A fresh machine has no lists of packages yet, and old lists name versions that are gone.
    await command("apt-get", [...options, "update"], { env });
    await command("apt-get", install, { env });
  }
}

async function isInstalled(name: string): Promise<boolean> {
  const missing = `${name} comes as a Debian package, and this system has no dpkg and apt-get`;
  try {
    const status = await command("dpkg-query", ["--status", name], { missing });
    return status.includes("\nStatus: install ok installed\n");
  } catch (error) {
    if (error instanceof Error && error.message === missing) throw error;
    return false;
  }
}

/** lcov 1.16 or newer, as the distribution has it. */
export async function install(): Promise<string> {
  const lcov = "/usr/bin/lcov";
  if (!existsSync(lcov)) await installPackages(["lcov"]);
  return lcov;
}

await runnable(import.meta.url, install);
