/**
 * A Kubernetes control plane without containers, with kubectl and helm: `node scripts/install/kubernetes.ts` prints the folder.
 * Built from Go modules, once, in 5 to 10 minutes on two cores.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cached, executable } from "./cache.ts";
import { command, runnable } from "./command.ts";

const kubernetes = "1.36.3";
const etcd = "3.6.8";
const kwok = "0.7.0";
const helm = "3.22.0";
/** Staging modules bear the version of their Kubernetes with another major. */
const staging = kubernetes.replace(/^1\./, "0.");
const missing = "Kubernetes is built with Go, which is not installed here: https://go.dev/doc/install";
// A workspace or flags of the user must not decide what is built.
const plain = { GOFLAGS: "-mod=mod", GOWORK: "off" };

const programs = [
  ["kubectl", "k8s.io/kubernetes/cmd/kubectl"],
  ["kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"],
  ["kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"],
  ["etcd", "go.etcd.io/etcd/server/v3"],
] as const;

/** The folder with kubectl, kube-apiserver, kube-controller-manager, etcd, kwok and helm. */
export async function install(): Promise<string> {
  const file = executable("helm");
  const found = await cached(kubernetesFolder, file, async (folder) => {
    await buildKubernetes(folder);
    const env = { GOBIN: folder, GOFLAGS: "", GOWORK: "off" };
    await command("go", ["install", `sigs.k8s.io/kwok/cmd/kwok@v${kwok}`], { env, missing });
    await command("go", ["install", `helm.sh/helm/v3/cmd/helm@v${helm}`], { env, missing });
  });
  return dirname(found);
}

/** Its name in the cache. */
export const kubernetesFolder = `kubernetes-${kubernetes}-helm-${helm}`;

/** Kubernetes replaces modules of its own, so `go install` refuses it: it is built from a module that replaces them by their published ones. */
async function buildKubernetes(folder: string): Promise<void> {
  const source = join(folder, "source");
  mkdirSync(source);
  writeFileSync(join(source, "go.mod"), "module forge.test/kubernetes\n");
  const inSource = { cwd: source, env: plain, missing };
  const answer = await command("go", ["mod", "download", "-json", `k8s.io/kubernetes@v${kubernetes}`], inSource);
  const { GoMod } = JSON.parse(answer) as { readonly GoMod: string };
  const given = readFileSync(GoMod, "utf8");
  const replaced = [...given.matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging\//gm)].map(([, module = ""]) => module);
  const language = /^go \S+$/m.exec(given)?.[0] ?? "";
  const lines = [
    "module forge.test/kubernetes",
    language,
    `require k8s.io/kubernetes v${kubernetes}`,
    `require go.etcd.io/etcd/server/v3 v${etcd}`,
    ...replaced.map((module) => `replace ${module} => ${module} v${staging}`),
  ];
  writeFileSync(join(source, "go.mod"), `${lines.join("\n")}\n`);
  for (const [name, path] of programs) {
    await command("go", ["build", "-ldflags", "-s -w", "-o", join(folder, executable(name)), path], inSource);
  }
}

await runnable(import.meta.url, install);
