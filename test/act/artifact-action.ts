import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkout } from "./library.ts";

const downloadAction = `name: Download an artifact
description: Stands for actions/download-artifact, which cannot be had without a network. It asks act's artifact service, as the real one asks GitHub's.
inputs:
  name: { description: Of one artifact, which is unpacked to path. }
  pattern: { description: "Of several, each of which is unpacked to path/<name>." }
  path: { description: Where to. }
  merge-multiple: { description: Whether they share one folder. }
runs:
  using: node24
  main: index.mjs
`;

const downloadProgram = (zip: string, deflate: string) => `
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path";
import { readZip } from ${JSON.stringify(zip)};
import { openDeflate } from ${JSON.stringify(deflate)};

const { INPUT_NAME: name = "", INPUT_PATTERN: pattern = "", INPUT_PATH: path = "." } = process.env;
const token = process.env.ACTIONS_RUNTIME_TOKEN;
const scope = JSON.parse(Buffer.from(token.split(".")[1], "base64url")).scp.split(" ").find((one) => one.startsWith("Actions.Results:")).split(":");
const ids = { workflow_run_backend_id: scope[1], workflow_job_run_backend_id: scope[2] };
async function ask(method, body) {
  const url = new URL("/twirp/github.actions.results.api.v1.ArtifactService/" + method, process.env.ACTIONS_RESULTS_URL);
  const headers = { authorization: "Bearer " + token, "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ ...ids, ...body }) });
  if (!answer.ok) throw new Error(method + " " + answer.status);
  return answer.json();
}
const { artifacts = [] } = await ask("ListArtifacts", {});
const wanted = artifacts.map((one) => one.name).filter((one) => (name === "" ? matchesGlob(one, pattern) : one === name));
if (name !== "" && wanted.length === 0) throw new Error("Artifact not found for name: " + name);
for (const one of wanted) {
  const signed = await ask("GetSignedArtifactURL", { name: one });
  const bytes = new Uint8Array(await (await fetch(signed.signed_url ?? signed.signedUrl)).arrayBuffer());
  for (const file of await readZip(bytes, { entries: 1000, fileBytes: 1e8, allBytes: 1e8 }, openDeflate())) {
    const to = join(process.env.GITHUB_WORKSPACE, path, name === "" ? one : "", file.name);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, file.content);
  }
}
`;

const uploadAction = `name: Upload an artifact
description: Stands for actions/upload-artifact, whose client act's artifact service refuses. It uploads with the client of our own action.
inputs:
  name: { description: Of the artifact. }
  path: { description: Of its one file. }
runs:
  using: node24
  main: index.mjs
`;

const uploadProgram = (zip: string, deflate: string, client: string) => `
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { writeZip } from ${JSON.stringify(zip)};
import { openDeflate } from ${JSON.stringify(deflate)};
import { openArtifacts } from ${JSON.stringify(client)};

const path = join(process.env.GITHUB_WORKSPACE, process.env.INPUT_PATH);
const archive = await writeZip([{ name: basename(path), content: new Uint8Array(readFileSync(path)) }], openDeflate());
const told = await openArtifacts().upload(process.env.INPUT_NAME, archive);
if (!("uploaded" in told)) throw new Error(told.skipped);
`;

/** Writes the actions that stand for actions/download-artifact and actions/upload-artifact to two folders below this one. */
export function writeArtifactActions(folder: string): { download: string; upload: string } {
  const module = (path: string) => pathToFileURL(join(checkout, "actions/report", path)).href;
  const [zip, deflate, client] = ["src/zip.ts", "adapters/deflate.ts", "adapters/artifacts.ts"].map(module) as [string, string, string];
  const write = (name: string, action: string, program: string): string => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "action.yml"), action);
    writeFileSync(join(folder, name, "index.mjs"), program);
    return join(folder, name);
  };
  return {
    download: write("download-artifact", downloadAction, downloadProgram(zip, deflate)),
    upload: write("upload-artifact", uploadAction, uploadProgram(zip, deflate, client)),
  };
}
