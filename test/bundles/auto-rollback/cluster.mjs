#!/usr/bin/env node
// Stands in for kubectl and helm: a Deployment's ReplicaSets, and a Helm release's revisions, in cluster.json of the working directory.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const state = JSON.parse(readFileSync("cluster.json", "utf8"));
const args = process.argv.slice(2);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const save = () => writeFileSync("cluster.json", JSON.stringify(state));
const newest = Math.max(...state.revisions.map(({ revision }) => revision));

if (basename(process.argv[1]) === "helm") {
  if (args[0] === "history") say(state.revisions);
  else if (args[0] === "rollback") {
    for (const each of state.revisions) if (each.status === "deployed") each.status = "superseded";
    state.revisions.push({ revision: newest + 1, status: "deployed", description: `Rollback to ${args[2]}` });
    state.changes.push(args.join(" "));
    save();
  } else process.exit(64);
} else if (args.includes("can-i")) process.stdout.write(`${state.allowed ?? "yes"}\n`);
else if (args.includes("replicasets")) {
  const item = ({ revision, hash }) => ({
    metadata: {
      ownerReferences: [{ uid: "u" }],
      labels: { "pod-template-hash": hash },
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
    },
  });
  say({ items: state.revisions.map(item) });
} else if (args.includes("deployment")) {
  const metadata = { uid: "u", generation: newest, annotations: { "deployment.kubernetes.io/revision": String(newest) } };
  const counts = state.stuck ? { replicas: 2, updatedReplicas: 1 } : { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  const conditions = state.stuck ? [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }] : [];
  say({
    metadata,
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } } },
    status: { observedGeneration: newest, ...counts, conditions },
  });
} else if (args.includes("undo")) {
  const wanted = Number(args.find((each) => each.startsWith("--to-revision=")).slice(14));
  const found = state.revisions.find(({ revision }) => revision === wanted);
  if (found === undefined) process.exit(1);
  found.revision = newest + 1;
  state.changes.push(args.join(" "));
  save();
} else process.exit(64);
