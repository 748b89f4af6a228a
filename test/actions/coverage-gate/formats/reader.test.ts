import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openReader } from "../../../../actions/coverage-gate/adapters/reader.ts";
import { assemble } from "../../../../actions/coverage-gate/src/formats/assemble.ts";
import { edgesFit } from "../../../../actions/coverage-gate/src/formats/parsers.ts";
import { Intake, ReportSession, Window } from "../../../../actions/coverage-gate/src/formats/session.ts";
import type { ParsedFile } from "../../../../actions/coverage-gate/src/model.ts";
import { isUserError } from "../../../../packages/frame/errors.ts";
import { parse, shown, units } from "./read.ts";
import { type Sample, samples } from "./samples.ts";

let folder = "";
const debugged: string[] = [];
const read = (...paths: string[]) =>
  openReader({ workingDirectory: folder }, { debug: (text) => debugged.push(text) }).read(paths, { format: "auto", counts: false });
const refused = async (...paths: string[]) => {
  const error = await read(...paths).catch((thrown: unknown) => thrown);
  if (!isUserError(error) || error.exitCode !== 2) throw new Error("it was read without an error", { cause: error });
  return error.message;
};
const put = async (name: string, content: string | Uint8Array) => {
  await writeFile(join(folder, name), content);
  return name;
};
const comparable = (files: readonly ParsedFile[]) =>
  files.map((file) => [file.path, [...file.lines.line].join(), [...file.lines.state].join(), units(file.branches), units(file.functions)]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "forge-reports-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("reading files", () => {
  it("reads every format, several at once, plain and gzipped, and gives back the given names", async () => {
    const names = await Promise.all((Object.keys(samples) as Sample[]).map((format) => put(`${format}.report`, samples[format])));
    const zipped = await put("x.gcov.json.gz", gzipSync(samples.gcov));
    const reports = await read(...names, zipped);
    expect(reports.map((report) => report.format)).toEqual([...Object.keys(samples), "gcov"]);
    expect(reports.map((report) => report.source)).toEqual([...names, zipped]);
    expect(reports.at(-1)?.files).toEqual(reports.at(-2)?.files);
    expect(reports.map(shown)).toEqual([...Object.values(samples), samples.gcov].map((text) => shown(parse(text))));
    expect(debugged).toContain("lcov.report: lcov, 2 files");
  });

  it("names what cannot be read", async () => {
    await mkdir(join(folder, "coverage"));
    expect(await refused("nowhere.info")).toBe("Coverage report `nowhere.info` does not exist.");
    expect(await refused("coverage")).toBe("Coverage report `coverage` is no file.");
    expect(await refused(await put("empty.info", ""))).toBe("Coverage report `empty.info`: the report is empty.");
    expect(await refused(await put("blank.xml", " \n\t\n"))).toBe("Coverage report `blank.xml`: the report is empty.");
    expect(await refused(await put("cut.gz", gzipSync(samples.lcov).subarray(0, 60)))).toContain("does not unpack as gzip");
    expect(await refused(await put("page.html", "<!doctype html><html><body>404</body></html>"))).toContain("no known format");
    expect(await refused(await put("bad.info", "SF:a\nDA:1,1\nDA:x,1\nend_of_record\n"))).toBe(
      "Coverage report `bad.info`, line 3, column 4: `x` is no line number.",
    );
  });
});

describe("windows", () => {
  it.each(Object.keys(samples) as Sample[])("%s means the same in windows of any size and portions of any length", (format) => {
    const bytes = new TextEncoder().encode(samples[format]);
    const expected = parse(bytes).files;
    for (const size of [1, 2, 7, 64, 100_000]) {
      const session = new ReportSession("auto", false);
      const window = new Window(session, new Uint8Array(size));
      for (let at = 0; at < bytes.length; at += 11) window.write(bytes.subarray(at, at + 11));
      window.end();
      expect(assemble("report", format, [session.finish().drafted]).files).toEqual(expected);
    }
  });

  it("decodes UTF-16 whose pairs are torn apart", () => {
    const session = new ReportSession("auto", false);
    const intake = new Intake(session);
    const bytes = Buffer.from(`\ufeffSF:src/😀.js\nDA:1,1\nend_of_record\n`, "utf16le");
    intake.write(bytes.subarray(0, 2));
    for (let at = 2; at < bytes.length; at += 3) intake.write(bytes.subarray(at, at + 3));
    intake.end();
    expect(assemble("report", "lcov", [session.finish().drafted]).files[0]?.path).toBe("src/😀.js");
  });
});

describe("big reports, read in parts on all cores", () => {
  const hit = (file: number, line: number) => (file * 7 + line * 13) % 5;
  const lcov = (files: number, lines: number) =>
    Array.from({ length: files }, (_, file) => {
      const rows = Array.from({ length: lines }, (_, line) => `DA:${line + 1},${hit(file, line)}\n`).join("");
      // Every tenth file comes again much later, in another part.
      return `TN:\nSF:src/module${file % (files - Math.floor(files / 10))}.js\nFN:1,f\nFNDA:${file % 2},f\nBRDA:1,0,0,${file % 3}\n${rows}end_of_record\n`;
    }).join("");
  const xml = (files: number, lines: number, extra = "") =>
    `<?xml version="1.0"?>\n<coverage line-rate="1"><sources><source>/app</source></sources><packages><package name="p"><classes>${Array.from(
      { length: files },
      (_, file) =>
        `<class name="c" filename="src/module${file}.py"><lines>\n${Array.from({ length: lines }, (_, line) => `<line number="${line + 1}" hits="${hit(file, line)}"/>\n`).join("")}</lines></class>`,
    ).join("")}${extra}</classes></package></packages></coverage>\n`;

  it("reads the same as in one go: LCOV, Cobertura, Go", async () => {
    const texts = {
      "big.info": lcov(1300, 900),
      "big.xml": xml(300, 1100),
      "big.out": `mode: count\n${Array.from({ length: 250_000 }, (_, i) => `example.com/app/file${i % 5_000 < 2_500 ? "A" : "B"}${Math.floor(i / 2_500)}.go:${i + 1}.2,${i + 3}.4 2 ${i % 3}\n`).join("")}`,
    };
    for (const [name, text] of Object.entries(texts)) {
      expect(text.length).toBeGreaterThan(9 * 2 ** 20);
      const [report] = await read(await put(name, text));
      const expected = parse(text);
      expect(comparable(report?.files ?? [])).toEqual(comparable(expected.files));
      expect(report?.files[0]?.roots).toEqual(expected.files[0]?.roots);
      expect(report?.notes).toEqual(expected.notes);
    }
  });

  it("names the line of what is wrong, wherever it is", async () => {
    const text = lcov(1300, 900);
    const at = text.indexOf("DA:500", Math.floor(text.length * 0.9));
    const broken = `${text.slice(0, at)}DA:oops,1\n${text.slice(at)}`;
    const line = text.slice(0, at).split("\n").length;
    expect(await refused(await put("broken.info", broken))).toBe(
      `Coverage report \`broken.info\`, line ${line}, column 4: \`oops\` is no line number.`,
    );
    expect(await refused(await put("cut.info", text.slice(0, at + 3)))).toContain("truncated");
  });

  it("is not deceived by marks in comments, nor by documents that only fit together in pieces", async () => {
    const whole = xml(300, 1100);
    const middle = whole.indexOf("<class ", Math.floor(whole.length / 2));
    const commented = `${whole.slice(0, middle)}<!-- ${`<class filename="ghost.py" name="x">`.repeat(250_000)} -->${whole.slice(middle)}`;
    const [report] = await read(await put("commented.xml", commented));
    expect(comparable(report?.files ?? [])).toEqual(comparable(parse(whole).files));
    const swapped = `${whole.slice(0, middle)}</classes></package></packages></coverage><coverage><packages><package><classes>${whole.slice(middle)}`;
    expect(await refused(await put("swapped.xml", swapped))).toContain("a second root element");
  });

  it("reads many big files side by side, in the order in which they were given", async () => {
    const names = ["one.info", "two.json", "three.info"];
    const file = {
      path: "/a.js",
      statementMap: Object.fromEntries(
        Array.from({ length: 30_000 }, (_, i) => [i, { start: { line: i + 1, column: 2 }, end: { line: i + 1, column: 9 } }]),
      ),
      s: Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [i, i % 2])),
      fnMap: {},
      f: {},
      branchMap: {},
      b: {},
    };
    await put("one.info", lcov(200, 900));
    await put("two.json", JSON.stringify({ "/a.js": file }));
    await put("three.info", samples.lcov);
    const reports = await read(...names);
    expect(reports.map((report) => [report.source, report.files.length])).toEqual([
      ["one.info", 180],
      ["two.json", 1],
      ["three.info", 2],
    ]);
    expect(reports[1]?.files[0]?.lines.state.filter((state) => state === 2).length).toBe(15_000);
  });

  it("knows which edges make one document", () => {
    const edge = (closes: number[], opens: number[], outermost = -1, torn = false) => ({ closes, opens, outermost, torn, rooted: true });
    expect(edgesFit([edge([], [1, 2]), edge([2], [3], 1), edge([3, 1], [], 0)])).toBe(true);
    expect(edgesFit([edge([], [1, 2]), edge([1], []), edge([2], [])])).toBe(false);
    expect(edgesFit([edge([], [1]), edge([], [])])).toBe(false);
    expect(edgesFit([edge([], [1], -1, true), edge([1], [])])).toBe(false);
    expect(edgesFit([edge([], [1]), edge([1], [1], 1), edge([1], [])])).toBe(false);
    expect(edgesFit([edge([], [1, 2]), edge([2, 1], [], 2)])).toBe(false);
    expect(edgesFit([edge([], [1]), edge([1], []), edge([], [], 0)])).toBe(false);
    expect(edgesFit([edge([], [1]), edge([1], []), edge([], [])])).toBe(true);
  });
});
