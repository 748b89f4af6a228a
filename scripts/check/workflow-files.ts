import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import "./json-modules.mjs";

type Step = Readonly<Record<string, unknown>>;

/** Holds every workflow and action file that we ship to GitHub's parser and to our own rules; one sentence a mistake. */
export async function checkWorkflowFiles(root: string): Promise<string[]> {
  const problems: string[] = [];
  for (const path of workflowFiles(root)) {
    const text = readFileSync(join(root, path), "utf8");
    problems.push(...(await checkWorkflowText(path, text)).map((problem) => `${path}: ${problem}`));
  }
  return problems;
}

/** The same for one text, which need not be a file. */
export async function checkWorkflowText(path: string, text: string): Promise<string[]> {
  return [...(await diagnostics(path, text)), ...ownRules(text)];
}

function workflowFiles(root: string): string[] {
  const folders = ["actions", "composite", "reusable-workflows", ".github", "examples"];
  return folders
    .flatMap((folder) => filesBelow(root, folder))
    .filter((path) => /(^|\/)action\.ya?ml$|(^|\/)workflows\/[^/]+\.ya?ml$/.test(path) || /^reusable-workflows\/[^/]+\.ya?ml$/.test(path))
    .filter((path) => !path.includes("node_modules/"));
}

function filesBelow(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
      .sort();
  } catch {
    return [];
  }
}

/** Keys of ours on inputs, which GitHub accepts and its language service does not know. */
const ownKeys = /Unexpected value '(type|fallback|options|minimum|maximum|example)'/;

async function diagnostics(path: string, text: string): Promise<string[]> {
  const { validate } = await import("@actions/languageservice");
  const { TextDocument } = await import("vscode-languageserver-textdocument");
  const document = TextDocument.create(`file:///${path}`, "yaml", 1, text);
  const found = await validate(document, {});
  return found
    .map(({ message, range }) => ({ text: typeof message === "string" ? message : message.value, line: range.start.line + 1 }))
    .filter((one) => !ownKeys.test(one.text))
    .map((one) => `line ${one.line}: ${one.text}`);
}

function* ownRules(text: string): Generator<string> {
  const document = parse(text) as Readonly<Record<string, unknown>>;
  const workflow = document["on"] !== undefined;
  if (workflow && JSON.stringify(document["permissions"]) !== "{}")
    yield "a workflow begins with `permissions: {}`; jobs are granted what they need.";
  for (const { step, place } of stepsOf(document)) {
    if (typeof step["run"] === "string" && step["run"].includes("${{"))
      yield `${place}: \`run\` holds \${{ }}: pass the value through env.`;
    if (typeof step["uses"] === "string") yield* usesRules(place, step, step["uses"], text);
  }
  if (workflow) yield* jobRules(document);
}

function* usesRules(place: string, step: Step, uses: string, text: string): Generator<string> {
  if (uses.startsWith("./")) yield `${place}: \`uses: ${uses}\` resolves in the caller's repository: write $/ for our own.`;
  const external = !uses.startsWith("$/") && !uses.startsWith("org/forge/") && !uses.startsWith("./");
  const pinned = new RegExp(`${literally(uses)} +# v\\d+\\.\\d+\\.\\d+`).test(text) && /@[0-9a-f]{40}$/.test(uses);
  if (external && !pinned) yield `${place}: \`uses: ${uses}\` is not pinned to 40 hex digits with its version in a comment.`;
  const settings = step["with"] as Step | undefined;
  if (/^actions\/checkout@/.test(uses) && settings?.["persist-credentials"] !== false)
    yield `${place}: checkout without \`persist-credentials: false\`.`;
}

function* jobRules(document: Readonly<Record<string, unknown>>): Generator<string> {
  for (const [name, job] of Object.entries(document["jobs"] as Readonly<Record<string, Step>>)) {
    if (job["uses"] === undefined && job["timeout-minutes"] === undefined) yield `job ${name} has no timeout-minutes.`;
    if (job["secrets"] === "inherit") yield `job ${name} passes on every secret: name those that are needed.`;
  }
}

/** Every step of a workflow or composite, and every job that calls a workflow. */
export function* stepsOf(document: Readonly<Record<string, unknown>>): Generator<{ step: Step; place: string }> {
  const jobs = (document["jobs"] ?? {}) as Readonly<Record<string, { uses?: string; steps?: readonly Step[] }>>;
  for (const [name, job] of Object.entries(jobs)) {
    if (job.uses !== undefined) yield { step: job, place: `job ${name}` };
    for (const [index, step] of (job.steps ?? []).entries()) yield { step, place: `job ${name}, step ${index + 1}` };
  }
  const runs = document["runs"] as { steps?: readonly Step[] } | undefined;
  for (const [index, step] of (runs?.steps ?? []).entries()) yield { step, place: `step ${index + 1}` };
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
