import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPackages } from "../../../scripts/install/debian-packages.ts";
import { play, told } from "../../bundles/auto-rollback/world.ts";
import { cleanUp, temporaryFolder } from "../../bundles/harness.ts";
import { titled, whyMissing } from "../available.ts";
import { freePort, installVerdaccio, type NpmRegistry, startVerdaccio, waitFor } from "./verdaccio.ts";

const names = ["one", "two", "@org/three", "four", "five"];
const npmMissing = await whyMissing(installVerdaccio);
const ociMissing = await whyMissing(() => installPackages(["docker-registry"]));
let npm: NpmRegistry;
let registry: ChildProcess | undefined;
let images = "";

beforeAll(async () => {
  if (npmMissing !== undefined) return;
  npm = await startVerdaccio();
  for (const version of ["1.0.0", "1.1.0", "1.2.0"]) for (const name of names) npm.publish(name, version);
});
beforeAll(async () => {
  if (ociMissing !== undefined) return;
  const folder = temporaryFolder();
  const port = await freePort();
  images = `127.0.0.1:${port}`;
  writeFileSync(
    join(folder, "config.yml"),
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${folder}/data}}\nhttp: {addr: "${images}"}\n`,
  );
  registry = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  await waitFor(`http://${images}/v2/`);
});
afterAll(() => {
  npm?.stop();
  registry?.kill("SIGKILL");
  cleanUp();
});

async function fresh(
  current: string,
): Promise<{ folder: string; run: (more: Record<string, string>, url?: string) => ReturnType<typeof play> }> {
  const folder = temporaryFolder();
  for (const name of names) await npm.tag(name, current);
  const run = (more: Record<string, string>, url = npm.url): ReturnType<typeof play> => {
    const settings = JSON.stringify({ packages: names, registry: url });
    return play(folder, { provider: "npm", settings, backend: "file", ...more }, { env: { NODE_AUTH_TOKEN: npm.token } });
  };
  await run({ operation: "mark-good", to: "1.0.0" });
  return { folder, run };
}

/** Counts writes, and can end what asks at the n-th request. */
async function proxy(
  stopAt: number,
  stop: () => void,
): Promise<{ url: string; writes: () => number; written: readonly string[]; requests: () => number; close: () => void }> {
  const written: string[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    if (request.method !== "GET") written.push(request.url?.includes("/dist-tags/") ? "tag" : "deprecate");
    if (requests === stopAt) stop();
    const onward = ask(
      `${npm.url}${request.url ?? ""}`,
      { method: request.method, headers: { ...request.headers, host: new URL(npm.url).host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, writes: () => written.length, written, requests: () => requests, close: () => void server.close() };
}

describe.skipIf(npmMissing !== undefined)(titled("npm", npmMissing), () => {
  it("sets all tags, then deprecates, and writes nothing in a dry run", async () => {
    const { run } = await fresh("1.1.0");
    const counted = await proxy(0, () => {});
    const dry = await run({ verdict: "fail", deployment: "a", "dry-run": "true" }, counted.url);
    expect([told(dry), counted.writes()]).toEqual(["0 neutral planned 1.1.0→1.0.0", 0]);
    const wet = await run({ verdict: "fail", deployment: "a" }, counted.url);
    counted.close();
    expect(counted.written).toEqual([...names.map(() => "tag"), ...names.map(() => "deprecate")]);
    expect(told(wet)).toBe("0 pass rolled-back 1.1.0→1.0.0");
    expect(wet.outputs["plan-hash"]).toBe(dry.outputs["plan-hash"]);
    for (const name of names) {
      expect((await npm.tags(name))["latest"]).toBe("1.0.0");
      expect(await npm.deprecated(name, "1.1.0")).not.toBe("");
      expect(await npm.deprecated(name, "1.0.0")).toBe("");
    }
    expect(told(await run({ operation: "revert" }, counted.url.replace(/\d+$/, new URL(npm.url).port)))).toBe(
      "0 pass rolled-back 1.0.0→1.1.0",
    );
    expect(await npm.deprecated("one", "1.1.0")).toBe("");
  });

  it("is finished after a kill at any request", async () => {
    for (let stopAt = 10; stopAt < 80; stopAt += 16) {
      const { folder, run } = await fresh("1.2.0");
      let kill = (): void => {};
      const counted = await proxy(stopAt, () => kill());
      const settings = JSON.stringify({ packages: names, registry: counted.url });
      const inputs = { provider: "npm", settings, backend: "file", verdict: "fail", deployment: "a" };
      await play(folder, inputs, {
        env: { NODE_AUTH_TOKEN: npm.token },
        started: (child) => {
          kill = () => void child.kill("SIGKILL");
        },
      });
      // As if the dead run's lease were over.
      rmSync(join(folder, ".forge", "locks"), { recursive: true, force: true });
      for (const name of names) expect(await npm.deprecated(name, (await npm.tags(name))["latest"] ?? "")).toBe("");
      const again = await run({ verdict: "fail", deployment: "a", settings });
      expect(again.exitCode, again.log).toBe(0);
      counted.close();
      for (const name of names) expect([stopAt, name, (await npm.tags(name))["latest"]]).toEqual([stopAt, name, "1.0.0"]);
      for (const name of names) expect(await npm.deprecated(name, "1.2.0")).not.toBe("");
      await run({ operation: "revert" });
    }
  });

  it("refuses without a token, with a wrong one, and with a missing version, before any write", async () => {
    const { folder, run } = await fresh("1.1.0");
    await run({ operation: "revert" });
    const settings = JSON.stringify({ packages: names, registry: npm.url });
    const inputs = { provider: "npm", settings, backend: "file", verdict: "fail", deployment: "z" };
    for (const token of [undefined, "wrong"]) {
      const env = { NODE_AUTH_TOKEN: token, ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:9" };
      expect(told(await play(folder, inputs, { env }))).toContain("1 fail refused credentials-missing");
    }
    await run({ operation: "mark-good", to: "0.0.9" });
    expect(told(await run({ verdict: "fail", deployment: "z" }))).toContain("refused artifact-missing");
    expect((await npm.tags("one"))["latest"]).toBe("1.1.0");
  });
});

async function push(image: string, tag: string, text: string): Promise<string> {
  const base = `http://${images}/v2/${image}`;
  const blob = async (content: string): Promise<{ digest: string; size: number }> => {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    const started = await fetch(`${base}/blobs/uploads/`, { method: "POST" });
    const place = new URL(started.headers.get("location") ?? "", base);
    place.searchParams.set("digest", digest);
    await fetch(place, { method: "PUT", body: content, headers: { "content-type": "application/octet-stream" } });
    return { digest, size: content.length };
  };
  const type = "application/vnd.oci.image.manifest.v1+json";
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", ...(await blob(`{"text":"${text}"}`)) };
  const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", ...(await blob(text)) };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [layer] }, undefined, 2);
  const put = await fetch(`${base}/manifests/${tag}`, { method: "PUT", body: manifest, headers: { "content-type": type } });
  return put.headers.get("docker-content-digest") ?? "";
}

describe.skipIf(ociMissing !== undefined)(titled("oci", ociMissing), () => {
  it("gives the tag the same bytes again, once of several at once", async () => {
    const folder = temporaryFolder();
    const good = await push("org/app", "latest", "good");
    const inputs = { provider: "oci", settings: JSON.stringify({ image: `${images}/org/app`, tag: "latest" }), backend: "file" };
    await play(folder, { ...inputs, verdict: "pass", deployment: "1" });
    const bad = await push("org/app", "latest", "bad");
    expect(bad).not.toBe(good);
    const runs = await Promise.all([1, 2].map(() => play(folder, { ...inputs, verdict: "fail", deployment: "2" })));
    expect(runs.map(({ outputs }) => outputs["decision"]).sort()).toEqual(["already-rolled-back", "rolled-back"]);
    const now = await fetch(`http://${images}/v2/org/app/manifests/latest`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    expect(now.headers.get("docker-content-digest")).toBe(good);
  });
});
