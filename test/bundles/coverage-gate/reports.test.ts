import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { commitAll, writeFiles } from "../repository.ts";
import { ended, fileData, gate, lcov, project, source } from "./gate.ts";

let folder = "";
/** No repository: what is wrong with a report, or odd, does not depend on one, and these runs are many. */
let plain = "";
beforeAll(() => {
  plain = temporaryFolder();
  writeFiles(plain, { "src/a.js": source(4), "src/b.js": source(4) });
  folder = project({ "src/a.js": "1110", "src/b.js": "1100" }).folder;
});
afterAll(cleanUp);

const whole = lcov({ "src/a.js": "1110" });
const cobertura = (classes: string): string =>
  `<?xml version="1.0"?>\n<!DOCTYPE coverage SYSTEM "http://127.0.0.1:9/never.dtd">\n<coverage line-rate="0.5"><packages><package><classes>${classes}</classes></package></packages></coverage>\n`;
const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>`;

describe("a report that is not one is exit code 2 and unknown, never a verdict", () => {
  it.each<[name: string, content: string | Uint8Array]>([
    ["empty", ""],
    ["only white space", " \n\t\r\n"],
    ["binary", new Uint8Array([0, 1, 2, 253, 254, 255, 0, 7])],
    ["an error page", "<!doctype html><html><body>502 Bad Gateway</body></html>"],
    ["plain text", "coverage: 83% of statements\n"],
    ["a JSON list", "[1, 2, 3]"],
    ["JSON of nobody", '{"hello": "world"}'],
    ["truncated JSON", '{"/a/src/a.js": {"path": "/a/src/a.js", "statementMap": {"0": {"start": {"line": 1'],
    ["truncated XML", cobertura('<class filename="src/a.js"><lines><line number="1" hits="1"/>').slice(0, 190)],
    ["XML with tags that do not match", cobertura('<class filename="src/a.js"><lines><line number="1" hits="1"/></class></lines>')],
    ["entities that multiply", `${bomb}<coverage line-rate="1"><packages><package name="&c;"/></packages>`],
    ["lcov with rubbish in it", `${whole}SF:src/b.js\nDA:1,1\nthis is no record\nend_of_record\n`],
    ["lcov cut off in a line", lcov({ "src/a.js": "1110", "src/b.js": "11" }).slice(0, -20)],
    ["lcov with a hit count that is none", "SF:src/a.js\nDA:1,many\nend_of_record\n"],
    ["a Go profile with a broken line", "mode: set\nexample.org/a.go:1.2,3.4 1\n"],
    ["a damaged gzip", gzipSync(whole).subarray(0, 30)],
  ])("%s", async (name, content) => {
    writeFiles(plain, { "coverage/bad": content });
    const run = await gate(plain, { reports: "coverage/bad", enforce: "false" });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs, name).toMatchObject({ coverage: "", covered: "", "patch-coverage": "" });
    expect(run.outputs["summary"]).toMatch(/coverage\/bad|coverable/);
  });

  it("nothing at all where reports usually are", async () => {
    const empty = temporaryFolder();
    writeFiles(empty, { "src/a.js": source(3) });
    commitAll(empty, "first");
    const run = await gate(empty);
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(/No coverage report was found.*reports:/);
  });

  it.each([
    ["coverage/missing.info", /coverage\/missing\.info" does not exist/],
    ["coverage/**/*.nothing", /coverage\/\*\*\/\*\.nothing" matches no file/],
    ["coverage/lcov.info\ncoverage/shard-*.info", /coverage\/shard-\*\.info" matches no file/],
    ["coverage/lcov.info\n!coverage/*", /leave no file to read/],
    ["coverage", /coverage/],
    ["coverage/link", /coverage\/link/],
    [`coverage/${"x".repeat(5_000)}.info`, /x{20}/],
  ])("reports: %s", async (reports, message) => {
    if (reports === "coverage/link") symlinkSync("nowhere", join(folder, "coverage", "link"));
    const run = await gate(folder, { reports });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toMatch(message);
  });

  it("a folder that is named like a report", async () => {
    mkdirSync(join(folder, "coverage", "folder.info"), { recursive: true });
    const run = await gate(folder, { reports: "coverage/folder.info" });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
  });

  it.skipIf(process.getuid?.() === 0)("a file without the right to read it", async () => {
    writeFiles(folder, { "coverage/locked.info": whole });
    chmodSync(join(folder, "coverage", "locked.info"), 0);
    const run = await gate(folder, { reports: "coverage/locked.info" });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
  });

  it("one bad report among good ones spoils the evidence", async () => {
    writeFiles(folder, { "coverage/shard/1.info": whole, "coverage/shard/2.info": "" });
    const run = await gate(folder, { reports: "coverage/shard/*.info", minimum: "0" });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toContain("coverage/shard/2.info");
  });
});

describe("nothing to count", () => {
  const none = "TN:\nSF:src/a.js\nLF:0\nLH:0\nend_of_record\n";

  it.each([
    ["a report without a coverable line", none],
    ["an empty report", ""],
    ["a Cobertura report without classes", '<coverage line-rate="1"/>'],
  ])("%s is refused, and with `allow-empty` neutral", async (_, content) => {
    writeFiles(folder, { "coverage/none": content });
    expect(ended(await gate(folder, { reports: "coverage/none" }))).toEqual([2, "unknown"]);
    const run = await gate(folder, { reports: "coverage/none", "allow-empty": "true" });
    expect(ended(run), run.log).toEqual([0, "neutral"]);
    expect(run.outputs["coverage"]).toBe("");
  });

  it("`allow-empty` does not allow a missing or a malformed report", async () => {
    writeFiles(folder, { "coverage/torn": "<coverage" });
    for (const reports of ["coverage/torn", "coverage/gone"]) {
      expect(ended(await gate(folder, { reports, "allow-empty": "true" }))).toEqual([2, "unknown"]);
    }
  });

  it("`ignore` that leaves nothing is refused", async () => {
    const run = await gate(folder, { ignore: "**" });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toContain("ignore");
  });
});

describe("several reports", () => {
  it("shards are one run: a line is covered if any of them ran it, in whatever order", async () => {
    writeFiles(folder, {
      "coverage/s/1.info": lcov({ "src/a.js": "1000" }),
      "coverage/s/2.info": lcov({ "src/a.js": "0100", "src/b.js": "11" }),
    });
    const both = await gate(folder, { reports: "coverage/s/1.info\ncoverage/s/2.info", minimum: "0" });
    const turned = await gate(folder, { reports: "coverage/s/2.info\ncoverage/s/1.info", minimum: "0" });
    expect(both.outputs).toMatchObject({ covered: "4", total: "6", "uncovered-files": "1" });
    expect(fileData(turned)).toEqual(fileData(both));
  });

  it("the same report given twice, by name and by glob, counts once", async () => {
    const run = await gate(folder, { reports: "coverage/lcov.info\ncoverage/lcov.inf*\n./coverage/lcov.info", minimum: "0" });
    expect(run.outputs).toMatchObject({ covered: "5", total: "8" });
  });

  it("one file many times in one report is united", async () => {
    writeFiles(folder, { "coverage/twice": `${lcov({ "src/a.js": "1000" })}${lcov({ "src/a.js": "0010" })}` });
    const run = await gate(folder, { reports: "coverage/twice", minimum: "0" });
    expect(fileData(run)).toMatchObject([
      {
        path: "src/a.js",
        covered: 2,
        total: 4,
        uncovered: [
          [2, 2],
          [4, 4],
        ],
      },
    ]);
  });

  it("a class that did not run does not hide the one that did", async () => {
    const part = (hits: number): string =>
      `<class filename="src/a.js"><lines><line number="1" hits="${hits}"/><line number="2" hits="${9 - hits}.0"/></lines></class>`;
    writeFiles(folder, { "coverage/parts.xml": cobertura(`${part(0)}${part(9)}`) });
    const run = await gate(folder, { reports: "coverage/parts.xml" });
    expect(run.outputs).toMatchObject({ coverage: "100.00", covered: "2", total: "2" });
  });

  it("a report in UTF-16 is read as its declaration says", async () => {
    const text = cobertura('<class filename="src/a.js"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class>');
    const utf16 = Buffer.from(`\ufeff${text.replace('"1.0"', '"1.0" encoding="UTF-16"')}`, "utf16le");
    writeFiles(folder, { "coverage/utf16.xml": utf16 });
    expect((await gate(folder, { reports: "coverage/utf16.xml", minimum: "0" })).outputs).toMatchObject({ covered: "1", total: "2" });
  });

  it("a gzipped report is read as what it holds", async () => {
    writeFiles(folder, { "coverage/lcov.info.gz": gzipSync(whole) });
    const run = await gate(folder, { reports: "coverage/lcov.info.gz", minimum: "0" });
    expect(run.outputs).toMatchObject({ covered: "3", total: "4" });
  });
});

describe("what is odd and does not matter", () => {
  it.each<[name: string, text: string, covered: string]>([
    ["no end_of_record", "SF:src/a.js\nDA:1,1\nDA:2,0\n", "1"],
    ["Windows line ends and a byte order mark", "\ufeffTN:x\r\nSF:src/a.js\r\nDA:1,1\r\nDA:2,0\r\nend_of_record\r\n", "1"],
    ["comments, blank lines and EOF", "# made by hand\n\nSF:src/a.js\nDA:1,1\n\nDA:2,0\nend_of_record\nEOF\n", "1"],
    ["checksums", "SF:src/a.js\nDA:1,1,bm90aGluZw==\nDA:2,0,x\nend_of_record\n", "1"],
    ["negative counts", "SF:src/a.js\nDA:1,-1\nDA:2,5\nend_of_record\n", "1"],
    ["a count of five billion, and a -1 that wrapped", "SF:src/a.js\nDA:1,5000000000\nDA:2,18446744073709551615\nend_of_record\n", "1"],
    ["a count with an exponent", "SF:src/a.js\nDA:1,1.5e+16\nDA:2,0\nend_of_record\n", "1"],
    ["lying totals", "SF:src/a.js\nDA:1,1\nDA:2,0\nLF:2000\nLH:2000\nend_of_record\n", "1"],
    [
      "MC/DC and C++ names",
      "SF:src/a.js\nFN:1,2,std::map<a, b>\nFNDA:1,std::map<a, b>\nMCDC:1,2,t,1,0,a\nDA:1,1\nDA:2,0\nend_of_record\n",
      "1",
    ],
    ["a branch that contradicts its line", "SF:src/a.js\nDA:1,0\nDA:2,1\nBRDA:1,0,a,b,1\nend_of_record\n", "1"],
  ])("lcov with %s", async (_, text, covered) => {
    writeFiles(plain, { "coverage/odd": text });
    const run = await gate(plain, { reports: "coverage/odd", minimum: "0" });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.outputs).toMatchObject({ covered, total: "2" });
  });
});
