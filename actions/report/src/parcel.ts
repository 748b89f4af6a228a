import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import { printableLine } from "../../../packages/frame/printable.ts";
import { readReport, renderJson } from "../../../packages/report/json.ts";
import type { Block, Report, Section } from "../../../packages/report/model.ts";
import { worstFindingsFirst } from "../../../packages/report/wording.ts";
import { fileNameOf, gateOf } from "./collect.ts";
import type { File, Gate } from "./model.ts";
import { plain } from "./plain.ts";
import type { ZipLimits } from "./zip.ts";

/** What the unprivileged half hands to the privileged one: `<action>.json` files and `forge.json`. */
export const parcelSchema = "forge-artifact/1";
const letterName = "forge.json";

/** What the privileged half takes; the unprivileged one keeps within it. */
export const parcelLimits = {
  /** Of the archive, packed. */
  packedBytes: 4 * 1024 ** 2,
  zip: { entries: 501, fileBytes: 2 * 1024 ** 2, allBytes: 8 * 1024 ** 2 } satisfies ZipLimits,
  /** Lists, objects and separators of all reports together: what memory is spent on. */
  values: 400_000,
  report: { maxBytes: 2 * 1024 ** 2, maxDepth: 40, maxValues: 100_000 },
} as const;

const encoder = new TextEncoder();

const mostLetterBytes = 4_096;
/** Longer ones do not travel whole. */
const wholeBytes = 512 * 1024;
const keptRows = 200;

export function artifactName(id: string): string {
  return id === "" ? "forge-report" : `forge-report-${id}`;
}

/** What the artifact says of itself; without a pull request it is there for people to download. */
export interface Letter {
  readonly pullRequest: number | undefined;
  readonly headSha: string;
}

/** The files of an artifact. Long reports are shortened to what a comment can show; `leftOut` are gates that found no room. */
export function pack(
  gates: readonly Gate[],
  letter: Letter,
  clean: (report: Report) => Report,
): { readonly files: readonly File[]; readonly leftOut: readonly string[] } {
  const { pullRequest, headSha } = letter;
  const said = { schema: parcelSchema, ...(pullRequest === undefined ? {} : { pull_request: pullRequest }), head_sha: headSha };
  const files: File[] = [{ name: letterName, content: encoder.encode(`${JSON.stringify(said)}\n`) }];
  const leftOut: string[] = [];
  const names = new Set<string>();
  const room = { bytes: parcelLimits.zip.allBytes - mostLetterBytes, values: parcelLimits.values };
  for (const gate of gates) {
    const report = clean(gate.report ?? standIn(gate));
    const content = files.length < parcelLimits.zip.entries ? fitting(report, room) : undefined;
    if (content === undefined) leftOut.push(gate.name);
    else files.push({ name: freeName(fileNameOf(report), names), content });
  }
  return { files, leftOut };
}

/** The report as whole as there is room for; the room it takes is taken away. */
function fitting(report: Report, room: { bytes: number; values: number }): Uint8Array | undefined {
  const bare = (): Report => ({ ...shortened(report, 0), sections: [], rules: [], notes: [] });
  const wordings = [() => report, () => shortened(report, keptRows), () => ({ ...shortened(report, 0), sections: [] }), bare];
  for (const [index, wording] of wordings.entries()) {
    const content = encoder.encode(`${renderJson(wording())}\n`);
    const values = valuesIn(content);
    const most = index < 2 ? wholeBytes : parcelLimits.zip.fileBytes;
    if (content.length > Math.min(most, room.bytes) || values > Math.min(parcelLimits.report.maxValues, room.values)) continue;
    room.bytes -= content.length;
    room.values -= values;
    return content;
  }
  return undefined;
}

/** Counted without reading; those inside of texts count too, which is on the safe side. */
function valuesIn(content: Uint8Array): number {
  let values = 0;
  for (const unit of content) if (unit === 0x2c || unit === 0x5b || unit === 0x7b) values++;
  return values;
}

function freeName(name: string, taken: Set<string>): string {
  let free = `${name}.json`;
  for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${name}.${count}.json`;
  taken.add(free.toLowerCase());
  return free;
}

/** A gate without a report travels as one that says why. */
function standIn({ name, verdict, headline }: Gate): Report {
  const [action = "", ...rest] = name.split(".");
  const known = /^[a-z][a-z0-9-]{0,63}$/.test(action);
  return {
    action: known ? action : "gate",
    id: known ? rest.join(".").slice(0, 64) : "",
    version: "",
    verdict,
    headline,
    outputs: {},
    rules: [],
    findings: [],
    inputs: {},
    commit: "",
    enforced: true,
    sections: [],
    data: {},
  };
}

function shortened(report: Report, rows: number): Report {
  const findings = worstFindingsFirst(report.findings).slice(0, rows);
  return {
    ...report,
    data: {},
    inputs: {},
    findings: findings.map(({ message, ...finding }) => ({ ...finding, message: message.slice(0, 1_000) })),
    rules: report.rules.slice(0, 500),
    sections: report.sections.map((section): Section => ({ ...section, blocks: section.blocks.map((block) => shortBlock(block, rows)) })),
    notes: (report.notes ?? []).slice(0, 50),
  };
}

function shortBlock(block: Block, rows: number): Block {
  if (block.kind === "table") {
    const missing = Math.max(0, block.rows.length - rows) + (block.more ?? 0);
    return { ...block, rows: block.rows.slice(0, rows), ...(missing === 0 ? {} : { more: missing }) };
  }
  if (block.kind === "code") return { ...block, text: block.text.slice(0, rows * 100) };
  return block.kind === "list" ? { ...block, items: block.items.slice(0, rows) } : block;
}

/**
 * Reads the files of an artifact as something a stranger has written: exact names, small sizes, every field's type, and no address in a report is
 * followed or linked. A `UserError` with exit code 2 says what is wrong; with 3 that there is nothing in it.
 */
export function unpack(files: readonly File[]): { readonly letter: Letter; readonly gates: readonly Gate[] } {
  const letter = readLetter(files.find(({ name }) => name === letterName));
  const reports = files.filter(({ name }) => name !== letterName);
  if (reports.length === 0) throw new UserError("The artifact holds no report.", { exitCode: 3 });
  const values = reports.reduce((sum, { content }) => sum + valuesIn(content), 0);
  if (values > parcelLimits.values)
    throw new UserError(`The artifact is refused: its reports have more than ${parcelLimits.values} values.`);
  const gates = reports.map(({ name, content }) => {
    const report = readStranger(name, content);
    if (!name.startsWith(report.action)) {
      throw new UserError(`${name} in the artifact is not a report of Forge: it says that it is one of ${report.action}.`);
    }
    return gateOf(plain(report));
  });
  return { letter, gates };
}

/** Also one that contradicts itself is refused: whoever made it was not one of our actions. */
function readStranger(name: string, content: Uint8Array): Report {
  try {
    return readReport(content, `${name} in the artifact`, parcelLimits.report);
  } catch (error) {
    if (isUserError(error)) throw new UserError(error.message, { cause: error });
    throw error;
  }
}

function readLetter(file: File | undefined): Letter {
  if (file === undefined) throw new UserError("The artifact is not one of Forge: it has no forge.json.");
  if (file.content.length > mostLetterBytes) throw new UserError(`forge.json in the artifact has more than ${mostLetterBytes} bytes.`);
  const said = parsed(file.content);
  const wrong = (key: string, allowed: string): never => {
    throw new UserError(
      `forge.json in the artifact: ${key} is ${printableLine(JSON.stringify(said[key]) ?? "missing", 100)}, allowed is ${allowed}.`,
    );
  };
  if (said.schema !== parcelSchema) return wrong("schema", `"${parcelSchema}"`);
  const { pull_request: number, head_sha: headSha } = said;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 1)
    return wrong("pull_request", "the number of a pull request");
  if (typeof headSha !== "string" || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(headSha)) return wrong("head_sha", "a full commit id");
  return { pullRequest: number, headSha };
}

function parsed(content: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new UserError("forge.json in the artifact is not JSON.", { cause });
  }
  throw new UserError("forge.json in the artifact is not an object.");
}
