/** Real servers of this machine, each in a folder of its own, and the reason where one cannot be had. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "../../../scripts/install/debian-servers.ts";

export interface Had {
  /** Folder that stands for `/`; empty where the servers cannot be had. */
  readonly root: string;
  /** For the name of a suite: empty, or why it is left out. */
  readonly why: string;
}

export async function servers(): Promise<Had> {
  try {
    return { root: await install(), why: "" };
  } catch (error) {
    return { root: "", why: `: left out, ${String(error).slice(0, 200)}` };
  }
}

/** Programs that are stopped, and a folder that is removed, by `close`. */
export class Programs {
  readonly folder = mkdtempSync(join(tmpdir(), "forge-servers-"));
  readonly #started: ChildProcess[] = [];

  constructor() {
    // nginx and PostgreSQL run as somebody else than root.
    chmodSync(this.folder, 0o777);
  }

  folderOf(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    return folder;
  }

  start(
    program: string,
    args: readonly string[],
    { root = "", ...more }: { root?: string; uid?: number; gid?: number } = {},
  ): ChildProcess {
    const home = join(root, "usr", "lib");
    const libraries = root === "" ? [] : readdirSync(home).filter((name) => name.endsWith("-linux-gnu"));
    const env = { ...process.env, LD_LIBRARY_PATH: libraries.map((name) => join(home, name)).join(":") };
    const child = spawn(program, args, { stdio: "ignore", cwd: this.folder, ...more, ...(root === "" ? {} : { env }) });
    this.#started.push(child);
    return child;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#started.map((child) => {
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        return new Promise((resolve) => child.once("exit", resolve).kill("SIGKILL"));
      }),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** For the start of a server: failures do not count until it answers. */
export const patient = { settings: { startupDeadline: 20_000, deadline: 30_000 } } as const;
