import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { dirname, resolve } from "node:path";
import { isUserError } from "../../frame/errors.ts";
import type { Exec } from "../../frame/ports.ts";
import { judgeRollout } from "../kubernetes.ts";
import type { Observation, Target } from "../model.ts";
import { readStream } from "./body.ts";
import { type Deadline, ProbeFailure, socketFailure } from "./failure.ts";

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function unknown(reason: string, words: string): ProbeFailure {
  return new ProbeFailure(reason, words, { status: "unknown" });
}

interface Cluster {
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { ca?: string; cert?: string; key?: string; servername?: string; rejectUnauthorized?: boolean };
}

const plurals: Readonly<Record<string, string>> = { deployment: "deployments", statefulset: "statefulsets", daemonset: "daemonsets" };

/** A rollout, asked of the API server that KUBECONFIG names. That address is the operator's own, so no address is refused. */
export async function probeCluster(target: Target, exec: Exec, now: number, deadline: Deadline): Promise<Observation> {
  const [namespace = "", kind = "", name = ""] = target.url.replace(/^[a-z0-9]+:\/\//, "").split("/");
  const cluster = await openCluster(exec, deadline);
  const path = `/apis/apps/v1/namespaces/${namespace}/${plurals[kind] ?? "deployments"}/${name}`;
  const found = await ask(cluster, path, deadline);
  if (found.status === 404) throw unknown("k8s.not_found", `there is no ${kind} ${name} in ${namespace}`);
  if (found.status === 401 || found.status === 403) throw unknown("k8s.forbidden", `the API server answered ${found.status}`);
  if (found.status !== 200) throw unknown("k8s.error", `the API server answered ${found.status}`);
  const workload = object(parse(found.body));
  // A list says its items' kind nowhere; an object may leave it out too.
  const kinds: Readonly<Record<string, string>> = { deployment: "Deployment", statefulset: "StatefulSet", daemonset: "DaemonSet" };
  const { status, reason, evidence } = judgeRollout(
    { kind: kinds[kind], ...workload },
    await podsOf(cluster, namespace, workload, deadline),
    now,
  );
  const facts = { connected: true };
  if (status === "healthy") return { facts, evidence, elapsed: deadline.elapsed };
  return { facts, evidence, elapsed: deadline.elapsed, failure: { status, reason } };
}

/** The pods of the selector; none where they may not be read, because the object itself says enough. */
async function podsOf(cluster: Cluster, namespace: string, workload: Json, deadline: Deadline): Promise<readonly unknown[]> {
  const labels = Object.entries(object(object(object(workload.spec).selector).matchLabels));
  if (labels.length === 0) return [];
  const selector = encodeURIComponent(labels.map(([key, value]) => `${key}=${String(value)}`).join(","));
  try {
    const found = await ask(cluster, `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}&limit=500`, deadline);
    const items = found.status === 200 ? object(parse(found.body)).items : undefined;
    return Array.isArray(items) ? items : [];
  } catch (error) {
    if (error instanceof ProbeFailure) return [];
    throw error;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw unknown("k8s.shape", "the API server's answer is no JSON");
  }
}

async function ask(cluster: Cluster, path: string, deadline: Deadline): Promise<{ status: number; body: string }> {
  const url = new URL(cluster.server.replace(/\/$/, "") + path);
  // Loaded by the first rollout: no other kind needs Node's own client.
  const { request: send } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
  const outgoing = send(url, { method: "GET", agent: false, headers: { accept: "application/json", ...cluster.headers }, ...cluster.tls });
  try {
    const response = await deadline.race(
      new Promise<IncomingMessage>((done, reject) => {
        outgoing.once("response", done);
        outgoing.on("error", reject);
        outgoing.end();
      }),
      () => unknown("k8s.unreachable", "the API server did not answer in time"),
    );
    const encoding = response.headers["content-encoding"] ?? "";
    const body = await readStream(response, { encoding, keep: true }, deadline, "k8s.unreachable");
    return { status: response.statusCode ?? 0, body: body ?? "" };
  } catch (error) {
    const failure = socketFailure(error, url.host);
    throw unknown("k8s.unreachable", `the API server cannot be asked: ${failure.message}`);
  } finally {
    outgoing.on("error", () => {});
    outgoing.destroy();
  }
}

/** The current context of KUBECONFIG: its server, and how to show who asks. */
async function openCluster(exec: Exec, deadline: Deadline): Promise<Cluster> {
  const paths = (process.env.KUBECONFIG ?? "").split(process.platform === "win32" ? ";" : ":").filter((path) => path !== "");
  if (paths.length === 0) throw unknown("k8s.config", "KUBECONFIG is not set");
  const lists: { clusters: [Json, string][]; contexts: [Json, string][]; users: [Json, string][] } = {
    clusters: [],
    contexts: [],
    users: [],
  };
  let current: string | undefined;
  for (const path of paths) {
    const config = await readConfig(path);
    current ??= text(config["current-context"]);
    for (const key of ["clusters", "contexts", "users"] as const) {
      const items = config[key];
      if (Array.isArray(items)) lists[key].push(...items.map((item): [Json, string] => [object(item), dirname(resolve(path))]));
    }
  }
  const named = (key: "clusters" | "contexts" | "users", name: unknown) => lists[key].find(([item]) => item.name === name);
  const context = object(named("contexts", current)?.[0].context);
  const [cluster, clusterFolder] = named("clusters", context.cluster) ?? [{}, "."];
  const [user, userFolder] = named("users", context.user) ?? [{}, "."];
  const settings = object(cluster.cluster);
  const server = text(settings.server);
  if (server === undefined || !URL.canParse(server) || !/^https?:/.test(server))
    throw unknown("k8s.config", "KUBECONFIG's current context names no server");
  const ca = await material(settings, "certificate-authority", clusterFolder);
  const servername = text(settings["tls-server-name"]);
  const who = await credentials(object(user.user), userFolder, exec, deadline);
  return {
    server,
    headers: who.headers,
    tls: {
      ...who.tls,
      ...(ca === undefined ? {} : { ca }),
      ...(servername === undefined ? {} : { servername }),
      ...(settings["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
    },
  };
}

async function readConfig(path: string): Promise<Json> {
  const { parseYaml } = await import("../../frame/adapters/yaml.ts");
  try {
    return object(parseYaml(await readFile(path, "utf8"), { file: "KUBECONFIG" }).value);
  } catch {
    throw unknown("k8s.config", "a file that KUBECONFIG names cannot be read");
  }
}

/** `<name>-data` in base64, else the file that `<name>` names. */
async function material(settings: Json, name: string, folder: string): Promise<string | undefined> {
  const data = text(settings[`${name}-data`]);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const path = text(settings[name]);
  if (path === undefined) return undefined;
  try {
    return await readFile(resolve(folder, path), "utf8");
  } catch {
    throw unknown("k8s.config", `the file of ${name} in KUBECONFIG cannot be read`);
  }
}

async function credentials(user: Json, folder: string, exec: Exec, deadline: Deadline): Promise<Pick<Cluster, "headers" | "tls">> {
  const helper = user.exec === undefined ? {} : await runHelper(object(user.exec), exec, deadline);
  const token = text(helper.token) ?? text(user.token) ?? (await material({ token: user.tokenFile }, "token", folder))?.trim();
  const cert = text(helper.clientCertificateData) ?? (await material(user, "client-certificate", folder));
  const key = text(helper.clientKeyData) ?? (await material(user, "client-key", folder));
  const name = text(user.username);
  const basic = name === undefined ? undefined : `Basic ${Buffer.from(`${name}:${text(user.password) ?? ""}`).toString("base64")}`;
  const authorization = token === undefined ? basic : `Bearer ${token}`;
  return {
    headers: authorization === undefined ? {} : { authorization },
    tls: { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
  };
}

/** A program of the cloud's that hands out short-lived credentials. */
async function runHelper(settings: Json, exec: Exec, deadline: Deadline): Promise<Json> {
  const args = Array.isArray(settings.args) ? settings.args.map(String) : [];
  const pairs = Array.isArray(settings.env) ? settings.env.map(object) : [];
  const env: Record<string, string> = {
    KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion: settings.apiVersion, kind: "ExecCredential", spec: { interactive: false } }),
  };
  for (const { name, value } of pairs) if (typeof name === "string" && typeof value === "string") env[name] = value;
  try {
    const { exitCode, stdout } = await exec.run(text(settings.command) ?? "", args, {
      env,
      timeout: Math.max(1, Math.floor(deadline.left)),
    });
    if (exitCode === 0) return object(object(JSON.parse(Buffer.from(stdout).toString("utf8"))).status);
  } catch (error) {
    if (!isUserError(error) && !(error instanceof SyntaxError)) throw error;
  }
  throw unknown("k8s.config", "the program that KUBECONFIG names for credentials gave none");
}
