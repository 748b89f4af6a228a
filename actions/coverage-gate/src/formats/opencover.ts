import { countOf, hashOfNumbers, hashOfText, sourcePath } from "./bytes.ts";
import { countIn, lineOf } from "./cobertura.ts";
import type { Draft } from "./draft.ts";
import { Tables } from "./tables.ts";
import type { XmlHandler } from "./xml.ts";
import type { XmlTag } from "./xml-tag.ts";

export const opencoverElements = ["Module", "File", "Method", "FileRef", "SequencePoint", "BranchPoint", "Name"] as const;
const [MODULE, FILE, METHOD, FILEREF, SEQUENCE, BRANCH, NAME] = [1, 2, 3, 4, 5, 6, 7];
export const opencoverAttributes = ["vc", "sl", "sc", "el", "ec", "path", "offset", "fileid", "uid", "fullPath", "offsetend"] as const;
const [VC, SL, SC, EL, EC, PATH, OFFSET, FILEID, UID, FULLPATH, OFFSETEND] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/** The line number that compilers give to code without a line (0xFEEFEE). */
const hidden = 16_707_566;

interface Method {
  file: string;
  name: string;
  line: number;
  visits: number;
  readonly branches: { line: number; key: number; visits: number; file: string }[];
}

/** OpenCover XML, coverlet's too. A line is the start line of a sequence point; methods are functions; several modules may name the same file. */
export class OpencoverHandler implements XmlHandler {
  readonly #draft: Draft;
  /** By the id that the module's `<Files>` gives them. */
  #files = new Map<string, { readonly path: string; readonly tables: Tables }>();
  #method: Method | undefined;
  #lastLine = 0;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  open(name: number, tag: XmlTag): void {
    if (name === SEQUENCE) this.#sequence(tag);
    else if (name === BRANCH) this.#branch(tag);
    else if (name === METHOD) this.#method = { file: "", name: "", line: 0, visits: 0, branches: [] };
    else if (name === FILEREF && this.#method !== undefined) this.#method.file = tag.text(UID) ?? "";
    else if (name === NAME && this.#method !== undefined) tag.wantText();
    else if (name === FILE) this.#file(tag);
  }

  close(name: number): void {
    if (name === METHOD) this.#endMethod();
    else if (name === MODULE) this.finish();
  }

  text(_: number, text: string): void {
    if (this.#method !== undefined) this.#method.name = text.trim();
  }

  finish(): void {
    for (const { path, tables } of this.#files.values()) this.#draft.add({ path }, tables);
    this.#files = new Map();
  }

  #file(tag: XmlTag): void {
    const [id, path] = [tag.text(UID), tag.text(FULLPATH)];
    if (id === undefined || path === undefined || path === "" || this.#files.has(id)) return;
    this.#files.set(id, { path: sourcePath(path), tables: new Tables(this.#draft.counts) });
  }

  #sequence(tag: XmlTag): void {
    const line = lineOf(tag, SL);
    if (line === 0 || line === hidden) return;
    const visits = this.#draft.clamped(countIn(tag, VC));
    const method = this.#method;
    if (method !== undefined && (method.line === 0 || line < method.line)) method.line = line;
    if (method !== undefined) method.visits = Math.max(method.visits, visits);
    this.#lastLine = line;
    const tables = this.#files.get(tag.text(FILEID) ?? method?.file ?? "")?.tables;
    if (tables === undefined) return;
    tables.lines.hit(line, visits);
    tables.statements.add(line, hashOfNumbers(optional(tag, SC), optional(tag, EL), optional(tag, EC)), visits);
  }

  #branch(tag: XmlTag): void {
    const line = tag.has(SL) ? lineOf(tag, SL) : this.#lastLine;
    const method = this.#method;
    if (method === undefined || line === 0 || line === hidden) return;
    const visits = this.#draft.clamped(countIn(tag, VC));
    const key = hashOfNumbers(optional(tag, OFFSET), optional(tag, OFFSETEND), optional(tag, PATH));
    method.branches.push({ line, key, visits, file: tag.text(FILEID) ?? "" });
  }

  #endMethod(): void {
    const method = this.#method;
    this.#method = undefined;
    if (method === undefined) return;
    const name = hashOfText(method.name);
    for (const { line, key, visits, file } of method.branches) {
      this.#files.get(file === "" ? method.file : file)?.tables.branches.add(line, (key + name) % 2 ** 52, visits);
    }
    const tables = this.#files.get(method.file)?.tables;
    if (method.line === 0 || tables === undefined) return;
    if (this.#draft.counts) tables.functions.addNamed(method.line, name, method.visits, method.name);
    else tables.functions.add(method.line, name, method.visits);
  }
}

function optional(tag: XmlTag, attribute: number): number {
  const value = tag.has(attribute) ? countOf(tag.bytes, tag.from[attribute] ?? 0, tag.to[attribute] ?? 0) : 0;
  return Number.isNaN(value) ? 0 : value;
}
