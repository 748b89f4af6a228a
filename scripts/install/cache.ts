import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where the tools of the tests live: outside the repository, shared by all checkouts. */
export function cacheFolder(): string {
  return process.env.FORGE_TEST_CACHE || join(homedir(), ".cache", "forge-test");
}

/** The file name of a program on this system. */
export function executable(name: string): string {
  return process.platform === "win32" ? `${name}.exe` : name;
}

/**
 * The folder `<cache>/<name>` with `file` in it, built by `build` when it is not there yet.
 *
 * Each build has a folder of its own and stays there (Python's virtual environments cannot be moved); a link is put in place at the end,
 * in one step. So two builds at once do not meet, a build that dies leaves nothing that looks finished, and a broken one is replaced.
 */
export async function cached(name: string, file: string, build: (folder: string) => Promise<void>): Promise<string> {
  const link = join(cacheFolder(), name);
  const wanted = join(link, file);
  if (existsSync(wanted)) return wanted;
  const mark = randomUUID().slice(0, 8);
  const folder = `${link}.${mark}`;
  await mkdir(folder, { recursive: true });
  try {
    await build(folder);
    if (!existsSync(join(folder, file))) throw new Error(`${name} was installed, but there is no ${file} in it`);
    await publish(folder, link, mark);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return wanted;
}

async function publish(folder: string, link: string, mark: string): Promise<void> {
  const fresh = `${link}.link-${mark}`;
  await symlink(folder, fresh, "junction");
  // Windows does not rename onto a link that is there.
  if (process.platform === "win32") await rm(link, { force: true, recursive: true });
  await rename(fresh, link);
}
