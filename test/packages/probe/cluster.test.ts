import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { one, verdict } from "./arrange.ts";
import { closeFaults, httpFault, refusedPort } from "./fault-server.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forge-kube-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
  await closeFaults();
});

const url = "kubernetes://shop/deployment/api";
const deployment = {
  kind: "Deployment",
  metadata: { name: "api", generation: 1 },
  spec: { replicas: 2, selector: { matchLabels: { app: "api" } } },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
};

function configure(server: string, user: object = { token: "cluster-token-123" }): void {
  const path = join(folder, "config");
  writeFileSync(
    path,
    JSON.stringify({
      "current-context": "here",
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server } }],
      users: [{ name: "u", user }],
    }),
  );
  vi.stubEnv("KUBECONFIG", path);
}

it("asks the API server for the object and its pods", async () => {
  const fault = await httpFault((request, response) =>
    response.end(JSON.stringify(request.url?.includes("/pods") === true ? { items: [] } : deployment)),
  );
  configure(fault.url);
  expect(verdict(await one({ url }))).toEqual(["healthy", "ok"]);
  expect(fault.seen.map((request) => request.url)).toEqual([
    "/apis/apps/v1/namespaces/shop/deployments/api",
    "/api/v1/namespaces/shop/pods?labelSelector=app%3Dapi&limit=500",
  ]);
  expect(fault.seen[0]?.headers.authorization).toBe("Bearer cluster-token-123");
});

it("uses the credentials of a program", async () => {
  const fault = await httpFault((_, response) => response.end(JSON.stringify(deployment)));
  const script = `console.log(JSON.stringify({status: {token: "from-" + JSON.parse(process.env.KUBERNETES_EXEC_INFO).kind}}))`;
  configure(fault.url, { exec: { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args: ["-e", script] } });
  expect((await one({ url, timeout: "10s" })).status).toBe("healthy");
  expect(fault.seen[0]?.headers.authorization).toBe("Bearer from-ExecCredential");
});

it.each([
  [404, "{}", "k8s.not_found"],
  [403, "{}", "k8s.forbidden"],
  [500, "{}", "k8s.error"],
  [200, "<html>", "k8s.shape"],
  [200, "{}", "k8s.shape"],
])("an answer %i %s is unknown", async (status, body, reason) => {
  configure((await httpFault((_, response) => response.writeHead(status).end(body))).url);
  expect(verdict(await one({ url }))).toEqual(["unknown", reason]);
});

it("without a cluster nothing is known", async () => {
  configure(`http://127.0.0.1:${await refusedPort()}`);
  expect(verdict(await one({ url }))).toEqual(["unknown", "k8s.unreachable"]);
  vi.stubEnv("KUBECONFIG", join(folder, "missing"));
  expect(verdict(await one({ url }))).toEqual(["unknown", "k8s.config"]);
  vi.stubEnv("KUBECONFIG", "");
  expect(verdict(await one({ url }))).toEqual(["unknown", "k8s.config"]);
});
