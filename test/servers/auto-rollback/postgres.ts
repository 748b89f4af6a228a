import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../bundles/harness.ts";
import { freePort } from "./verdaccio.ts";

export interface Postgres {
  /** Gives the error, or nothing. */
  run(database: string, sql: string): string | undefined;
  stop(): void;
}

/** Where its programs are; throws where there are none. */
export function binaries(): string {
  const home = "/usr/lib/postgresql";
  const version = existsSync(home) ? readdirSync(home).sort().at(-1) : undefined;
  if (version === undefined) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  return join(home, version, "bin");
}

/** A server of this test's own; PostgreSQL refuses to run as root, so then it runs as nobody. */
export async function startPostgres(): Promise<Postgres> {
  const folder = temporaryFolder();
  const port = await freePort();
  const root = process.getuid?.() === 0;
  const who = root ? { uid: 65_534, gid: 65_534 } : {};
  if (root) chownSync(folder, 65_534, 65_534);
  const bin = binaries();
  const data = join(folder, "data");
  execFileSync(join(bin, "initdb"), ["--auth=trust", "--username=forge", "--no-sync", "--encoding=UTF8", "--locale=C", data], {
    ...who,
    cwd: folder,
    stdio: "ignore",
  });
  const settings = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    `unix_socket_directories=${folder}`,
  ];
  const server: ChildProcess = spawn(join(bin, "postgres"), ["-D", data, ...settings.flatMap((each) => ["-c", each])], {
    ...who,
    cwd: folder,
    stdio: "ignore",
  });
  const run = (database: string, sql: string): string | undefined => {
    try {
      const args = ["--host=127.0.0.1", `--port=${port}`, "--username=forge", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", database];
      execFileSync(join(bin, "psql"), args, { input: sql, stdio: ["pipe", "ignore", "pipe"] });
      return undefined;
    } catch (error) {
      return String((error as { stderr?: Buffer }).stderr ?? error);
    }
  };
  for (let tries = 0; run("postgres", "SELECT 1") !== undefined; tries++) {
    if (tries > 100) throw new Error("PostgreSQL does not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { run, stop: () => void server.kill("SIGINT") };
}
