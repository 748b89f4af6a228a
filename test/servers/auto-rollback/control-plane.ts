import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { cacheFolder, executable } from "../../../scripts/install/cache.ts";
import { kubernetesFolder } from "../../../scripts/install/kubernetes.ts";
import { temporaryFolder } from "../../bundles/harness.ts";
import { freePort } from "./verdaccio.ts";

/** A real Kubernetes without containers: kwok plays the one node there is, `here`, and no scheduler runs. */
export interface ControlPlane {
  /** For whoever is to talk to it: where the programs and the kubeconfig are. */
  readonly env: Readonly<Record<string, string>>;
  kubectl(args: readonly string[], input?: string): string;
  helm(args: readonly string[]): string;
  stop(): void;
}

const programs = join(cacheFolder(), kubernetesFolder);

/** Why there is none on this machine; `undefined` where there is. It takes minutes to build, so it is not built on the way. */
export function controlPlaneMissing(): string | undefined {
  return existsSync(join(programs, executable("helm"))) ? undefined : "not built here: node scripts/install/kubernetes.ts";
}

export async function startControlPlane(): Promise<ControlPlane> {
  const folder = temporaryFolder();
  const running: ChildProcess[] = [];
  const start = (name: string, ...args: readonly string[]): void => {
    const log = openSync(join(folder, `${name}.log`), "w");
    running.push(spawn(join(programs, name), args, { cwd: folder, stdio: ["ignore", log, log] }));
    closeSync(log);
  };
  const stop = (): void => {
    for (const child of running.splice(0).reverse()) child.kill("SIGKILL");
  };
  const [port, storePort, peerPort, kwokPort] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const kubeconfig = writeFiles(folder, port);
  const env = { KUBECONFIG: kubeconfig, PATH: [programs, dirname(process.execPath), process.env["PATH"]].join(delimiter) };
  const whole = { ...process.env, ...env, HOME: folder };
  const run = (name: string, args: readonly string[], input = ""): string =>
    execFileSync(join(programs, name), args, { cwd: folder, input, encoding: "utf8", stdio: "pipe", env: whole });
  try {
    start("etcd", ...storeArguments(folder, `http://127.0.0.1:${storePort}`, `http://127.0.0.1:${peerPort}`));
    start("kube-apiserver", ...serverArguments(folder, port, storePort));
    await ready(
      () => run("kubectl", ["get", "--raw", "/readyz"]),
      () => readFileSync(join(folder, "kube-apiserver.log"), "utf8"),
    );
    start(
      "kube-controller-manager",
      `--kubeconfig=${kubeconfig}`,
      "--leader-elect=false",
      "--secure-port=0",
      `--controllers=${controllers}`,
    );
    start("kwok", `--kubeconfig=${kubeconfig}`, "--manage-all-nodes=true", "--server-address", `127.0.0.1:${kwokPort}`);
    run("kubectl", ["apply", "--filename", "-"], JSON.stringify(node));
  } catch (error) {
    stop();
    throw error;
  }
  return { env, kubectl: (args, input) => run("kubectl", args, input), helm: (args) => run("helm", args), stop };
}

const controllers = "deployment-controller,replicaset-controller,garbage-collector-controller,namespace-controller";
const node = { apiVersion: "v1", kind: "Node", metadata: { name: "here", annotations: { "kwok.x-k8s.io/node": "fake" } } };

/** The kubeconfig's path; beside it the key and the tokens of the server. */
function writeFiles(folder: string, port: number): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(join(folder, "accounts.key"), privateKey.export({ type: "pkcs1", format: "pem" }));
  writeFileSync(join(folder, "tokens.csv"), 'loopback,admin,admin,"system:masters"\nlooker,looker,looker,"lookers"\n');
  const user = (name: string, token: string): string => `{name: ${name}, user: {token: ${token}}}`;
  const context = (name: string): string => `{name: ${name}, context: {cluster: here, user: ${name}}}`;
  const cluster = `{name: here, cluster: {server: "https://127.0.0.1:${port}", insecure-skip-tls-verify: true}}`;
  const lines = [
    "{apiVersion: v1, kind: Config, current-context: admin",
    `clusters: [${cluster}]`,
    `users: [${user("admin", "loopback")}, ${user("looker", "looker")}]`,
    `contexts: [${context("admin")}, ${context("looker")}]}`,
  ];
  writeFileSync(join(folder, "kubeconfig"), lines.join(",\n"));
  return join(folder, "kubeconfig");
}

function storeArguments(folder: string, client: string, peer: string): readonly string[] {
  const peers = ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", `default=${peer}`];
  return [
    "--data-dir",
    join(folder, "etcd"),
    "--listen-client-urls",
    client,
    "--advertise-client-urls",
    client,
    ...peers,
    "--unsafe-no-fsync",
  ];
}

function serverArguments(folder: string, port: number, storePort: number): readonly string[] {
  const key = join(folder, "accounts.key");
  return [
    `--etcd-servers=http://127.0.0.1:${storePort}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, "certificates")}`,
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--token-auth-file=${join(folder, "tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--disable-admission-plugins=ServiceAccount",
    "--endpoint-reconciler-type=none",
  ];
}

async function ready(ask: () => string, log: () => string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    try {
      if (ask() === "ok") return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`Kubernetes does not start:\n${log().slice(-2_000)}`);
}
