import { Hash } from "./bytes.ts";
import { countIn, lineOf, mostConditions } from "./cobertura.ts";
import type { Draft } from "./draft.ts";
import { ReportFault } from "./fault.ts";
import type { XmlHandler } from "./xml.ts";
import type { XmlTag } from "./xml-tag.ts";

export const jacocoElements = ["group", "package", "class", "method", "counter", "sourcefile", "line"] as const;
const [GROUP, PACKAGE, CLASS, METHOD, COUNTER, SOURCEFILE, LINE] = [1, 2, 3, 4, 5, 6, 7];
export const jacocoAttributes = ["nr", "mi", "ci", "mb", "cb", "name", "desc", "line", "sourcefilename", "type", "covered"] as const;
const [NR, , CI, MB, CB, NAME, DESC, METHOD_LINE, FILENAME, TYPE, COVERED] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

interface Method {
  readonly key: number;
  readonly line: number;
  readonly name: string;
  covered: number;
}

/** JaCoCo XML. A file is its package and its name; its real folder is for others to find. Nested `<group>`s are its module (`app/core`). */
export class JacocoHandler implements XmlHandler {
  readonly #draft: Draft;
  readonly #groups: string[] = [];
  /** Methods by the file that their class is in; classes come before the files. */
  readonly #methods = new Map<string, Method[]>();
  #package = "";
  #file: string | undefined;
  #class = { name: "", file: "" };
  #method: Method | undefined;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  open(name: number, tag: XmlTag): void {
    if (name === LINE) this.#line(tag);
    else if (name === COUNTER) this.#counter(tag);
    else if (name === METHOD) this.#beginMethod(tag);
    else if (name === CLASS) this.#class = { name: tag.text(NAME) ?? "", file: tag.text(FILENAME) ?? "" };
    else if (name === SOURCEFILE) this.#begin(tag);
    else if (name === PACKAGE) this.#package = tag.text(NAME) ?? "";
    else if (name === GROUP) this.#groups.push(tag.text(NAME) ?? "");
  }

  close(name: number): void {
    if (name === METHOD) this.#endMethod();
    else if (name === SOURCEFILE && this.#file !== undefined) this.#end(this.#file);
    else if (name === PACKAGE) this.#endPackage();
    else if (name === GROUP) this.#groups.pop();
  }

  #begin(tag: XmlTag): void {
    const name = tag.text(NAME);
    if (name === undefined || name === "") throw new ReportFault("a `<sourcefile>` has no `name`", tag.start);
    this.#file = name;
  }

  #end(file: string): void {
    const { functions } = this.#draft.tables;
    for (const method of this.#methods.get(file) ?? []) {
      if (this.#draft.counts) functions.addNamed(method.line, method.key, method.covered, method.name);
      else functions.add(method.line, method.key, method.covered);
    }
    this.#methods.delete(file);
    const path = (this.#package === "" ? file : `${this.#package}/${file}`).replaceAll("\\", "/");
    this.#draft.add({ path, ...(this.#groups.length === 0 ? {} : { module: this.#groups.join("/") }) });
    this.#file = undefined;
  }

  #endPackage(): void {
    for (const file of [...this.#methods.keys()]) this.#end(file);
    this.#package = "";
  }

  #beginMethod(tag: XmlTag): void {
    const name = tag.text(NAME) ?? "";
    if (this.#class.file === "" || !tag.has(METHOD_LINE)) return;
    const key = new Hash()
      .text(this.#class.name)
      .text(name)
      .text(tag.text(DESC) ?? "").value;
    this.#method = { key, name, line: lineOf(tag, METHOD_LINE), covered: 0 };
  }

  #counter(tag: XmlTag): void {
    if (this.#method !== undefined && tag.is(TYPE, "METHOD")) this.#method.covered = this.#draft.clamped(countIn(tag, COVERED));
  }

  #endMethod(): void {
    const method = this.#method;
    this.#method = undefined;
    if (method === undefined || method.line === 0) return;
    const methods = this.#methods.get(this.#class.file);
    if (methods === undefined) this.#methods.set(this.#class.file, [method]);
    else methods.push(method);
  }

  #line(tag: XmlTag): void {
    if (this.#file === undefined) return;
    const line = lineOf(tag, NR);
    if (line === 0) {
      this.#draft.note("no-line");
      return;
    }
    const { lines, branches } = this.#draft.tables;
    lines.hit(line, this.#draft.clamped(countIn(tag, CI)));
    if (!tag.has(MB) && !tag.has(CB)) return;
    const [missed, covered] = [this.#draft.clamped(countIn(tag, MB)), this.#draft.clamped(countIn(tag, CB))];
    if (missed + covered > mostConditions)
      throw new ReportFault(`a line has ${missed + covered} branches, which is more than there can be`, tag.start);
    branches.addCovered(line, covered, missed + covered);
  }
}
