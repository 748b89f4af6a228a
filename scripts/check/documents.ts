import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parse, parseDocument } from "yaml";
import { checkWorkflowText, stepsOf } from "./workflow-files.ts";

interface Snippet {
  /** `README.md:12`, the line of the fence. */
  readonly place: string;
  /** Written before the first line: it belongs to the tool that is replaced. */
  readonly isForeign: boolean;
  readonly text: string;
}

/** Holds every YAML snippet in our documents to what a reader would run into by pasting it; one sentence a mistake. */
export async function checkDocuments(root: string): Promise<string[]> {
  const schema = JSON.parse(readFileSync(join(root, "forge.schema.json"), "utf8")) as object;
  const settings = new Ajv({ strict: false, allErrors: true }).compile(schema);
  const problems: string[] = [];
  for (const path of documents(root)) {
    const text = readFileSync(join(root, path), "utf8");
    for (const snippet of snippetsOf(path, text))
      problems.push(...(await checkSnippet(root, snippet, settings)).map((problem) => `${snippet.place}: ${problem}`));
    problems.push(...brokenLinks(root, path, text));
  }
  return problems;
}

function documents(root: string): string[] {
  const tracked = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.md"], {
    cwd: root,
    encoding: "utf8",
  });
  return tracked.split("\0").filter((path) => path !== "" && !path.startsWith("test/") && existsSync(join(root, path)));
}

/** Fenced blocks of YAML; `yaml before` marks another tool's configuration in a migration page. */
export function snippetsOf(path: string, text: string): Snippet[] {
  return [...text.matchAll(/^( *)```ya?ml( before)?\n([\s\S]*?)^\1```$/gm)].map(([, indent = "", before, body = ""], index, all) => ({
    place: `${path}:${text.slice(0, all[index]?.index ?? 0).split("\n").length}`,
    isForeign: before !== undefined,
    text: body
      .split("\n")
      .map((line) => line.slice(indent.length))
      .join("\n"),
  }));
}

async function checkSnippet(root: string, { isForeign, text, place }: Snippet, settings: ValidateFunction): Promise<string[]> {
  const document = parseDocument(text);
  if (document.errors.length > 0) return document.errors.map(({ message }) => message.split("\n")[0] ?? "");
  if (isForeign) return [];
  const value: unknown = document.toJS();
  if (isStepList(value)) return checkWorkflow(root, place, `${wrapping}${text.replace(/^(?=.)/gm, "      ")}`);
  if (!isRecord(value)) return [];
  if (value["jobs"] !== undefined)
    return checkWorkflow(root, place, value["on"] === undefined ? `on: push\npermissions: {}\n${text}` : text);
  if (!isSettings(root, value)) return [];
  return settings(value) ? [] : (settings.errors ?? []).map(({ instancePath, message }) => `.forge.yml${instancePath} ${message ?? ""}`);
}

const wrapping = "on: push\npermissions: {}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n";

async function checkWorkflow(root: string, place: string, text: string): Promise<string[]> {
  const name = place.replace(/[^a-zA-Z0-9]/g, "-");
  return [...(await checkWorkflowText(`.github/workflows/${name}.yml`, text)), ...wrongCalls(root, parse(text))];
}

/** Inputs that a call of one of our actions or workflows gives and that it does not have. */
export function* wrongCalls(root: string, document: Readonly<Record<string, unknown>>): Generator<string> {
  for (const { step, place } of stepsOf(document)) {
    const called = /^(?:\$|org\/forge)\/(.+?)(?:@.*)?$/.exec(String(step["uses"]))?.[1];
    if (called === undefined) continue;
    const inputs = inputsOf(root, called);
    if (inputs === undefined) yield `${place}: there is no ${called}.`;
    for (const name of Object.keys((step["with"] ?? {}) as object))
      if (inputs !== undefined && !(name in inputs)) yield `${place}: ${called} has no input ${name}.`;
  }
}

function inputsOf(root: string, called: string): object | undefined {
  const path = /\.ya?ml$/.test(called) ? called : `${called}/action.yml`;
  if (!existsSync(join(root, path))) return undefined;
  const file = parse(readFileSync(join(root, path), "utf8")) as { inputs?: object; on?: { workflow_call?: { inputs?: object } | null } };
  return file.inputs ?? file.on?.workflow_call?.inputs ?? {};
}

function isStepList(value: unknown): boolean {
  return Array.isArray(value) && value.every((step) => isRecord(step) && ("uses" in step || "run" in step));
}

/** Settings name an action at their top; what names none is another file, of which only the syntax is known here. */
function isSettings(root: string, value: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(value).some((name) => existsSync(join(root, "actions", name, "action.yml")));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Links to files of this repository that are not there. */
function* brokenLinks(root: string, path: string, text: string): Generator<string> {
  const prose = text.replace(/^ *```[\s\S]*?^ *```$/gm, "").replace(/`[^`\n]*`/g, "");
  for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    const file = target.split("#")[0] ?? "";
    if (file === "" || /^[a-z]+:/.test(file)) continue;
    if (!existsSync(join(root, path, "..", decodeURI(file)))) yield `${path}: the link to ${file} leads nowhere.`;
  }
}
