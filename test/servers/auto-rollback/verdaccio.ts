import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { cached } from "../../../scripts/install/cache.ts";
import { command } from "../../../scripts/install/command.ts";
import { temporaryFolder } from "../../bundles/harness.ts";

export interface NpmRegistry {
  readonly url: string;
  readonly token: string;
  publish(name: string, version: string): void;
  tags(name: string): Promise<Record<string, string>>;
  deprecated(name: string, version: string): Promise<string>;
  tag(name: string, version: string): Promise<void>;
  stop(): void;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" && address !== null ? address.port : 0;
}

export async function waitFor(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(url).then(
        ({ status }) => status < 500,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

/** Verdaccio's program, installed into the cache. */
export function installVerdaccio(): Promise<string> {
  return cached("verdaccio-6.10.4", "node_modules/verdaccio/bin/verdaccio", async (place) => {
    // It asks for a version of node-fetch by a tag that is not everywhere.
    writeFileSync(join(place, "package.json"), '{"private":true,"overrides":{"node-fetch":"2.7.0"}}');
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"];
    await command("npm", ["install", "--prefix", place, ...options, "verdaccio@6.10.4"]);
  });
}

/** A real npm registry on loopback. */
export async function startVerdaccio(): Promise<NpmRegistry> {
  const program = await installVerdaccio();
  const folder = temporaryFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const rules = "access: $all\n    publish: $authenticated\n    unpublish: $authenticated";
  const config = `storage: ./storage\nauth:\n  htpasswd:\n    file: ./htpasswd\n    algorithm: bcrypt\n    rounds: 1\nuplinks: {}\npackages:\n  '**':\n    ${rules}\nlog: {type: stdout, format: json, level: error}\nlisten: 127.0.0.1:${port}\n`;
  writeFileSync(join(folder, "config.yaml"), config);
  const server: ChildProcess = spawn(process.execPath, [program, "--config", "config.yaml"], {
    cwd: folder,
    stdio: "ignore",
  });
  await waitFor(`${url}/-/ping`);
  const body = JSON.stringify({ name: "bob", password: "not-a-real-password-1" });
  const made = await fetch(`${url}/-/user/org.couchdb.user:bob`, { method: "PUT", headers: { "content-type": "application/json" }, body });
  const { token } = (await made.json()) as { token: string };
  const document = async (name: string): Promise<Record<string, never>> =>
    (await fetch(`${url}/${name.replace("/", "%2f")}`)).json() as Promise<Record<string, never>>;
  return {
    url,
    token,
    publish(name, version) {
      const place = join(folder, `${name.replaceAll(/\W/g, "_")}-${version}`);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "package.json"), JSON.stringify({ name, version, main: "index.js" }));
      writeFileSync(join(place, ".npmrc"), `//127.0.0.1:${port}/:_authToken=${token}\n`);
      execFileSync("npm", ["publish", "--registry", url, "--silent"], { cwd: place, stdio: "ignore" });
    },
    tags: async (name) => (await document(name))["dist-tags"] as unknown as Record<string, string>,
    deprecated: async (name, version) =>
      ((await document(name))["versions"] as unknown as Record<string, { deprecated?: string }>)[version]?.deprecated ?? "",
    async tag(name, version) {
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      await fetch(`${url}/-/package/${name.replace("/", "%2f")}/dist-tags/latest`, {
        method: "PUT",
        headers,
        body: JSON.stringify(version),
      });
    },
    stop: () => void server.kill("SIGKILL"),
  };
}
