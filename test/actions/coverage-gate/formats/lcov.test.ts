import { describe, expect, it } from "vitest";
import { lines, only, parse, refusal, shown, units } from "./read.ts";

const rows = (...body: string[]) => `TN:\nSF:src/a.js\n${body.join("\n")}\nend_of_record\n`;
const read = (...body: string[]) => only(parse(rows(...body)));

describe("LCOV lines", () => {
  it.each([
    ["plain", ["DA:1,1", "DA:2,0"], "1+ 2-"],
    ["checksum", ["DA:1,1,c0ffee", "DA:2,0,beef=="], "1+ 2-"],
    ["scientific", ["DA:1,1.5e+16", "DA:2,0"], "1+ 2-"],
    ["beyond 32 bits", ["DA:1,99999999999", "DA:2,0"], "1+ 2-"],
    ["a line twice, any order", ["DA:9,0", "DA:2,1", "DA:9,4", "DA:2,0"], "2+ 9+"],
    ["lines beyond 16 bits", ["DA:1,1", "DA:70000,0", "DA:70000,2"], "1+ 70000+"],
    ["lines far apart", ["DA:2000000000,1", "DA:3,0", "DA:3,0"], "3- 2000000000+"],
    ["lying totals", ["DA:1,1", "DA:2,0", "LF:700", "LH:700"], "1+ 2-"],
    ["no totals", ["DA:1,1", "BRDA:1,0,0,1"], "1+"],
    ["comments and blank lines", ["# made by hand", "", "DA:1,1", "   ", "DA:2,0"], "1+ 2-"],
    ["newer records", ["VER:1", "MCDC:1,2,t,1,0,a, b", "MCF:1", "MCH:1", "XYZ:1", "DA:1,1"], "1+"],
    ["branches do not make a line hit", ["DA:1,0", "BRDA:1,0,0,5"], "1-"],
  ])("%s", (_, body, expected) => expect(lines(read(...body))).toBe(expected));

  it.each([
    ["-1 is no hit", ["DA:1,-1", "DA:2,1"], "1- 2+", "1 negative count is taken as 0."],
    ["-1 in 64 bits is no hit", ["DA:1,18446744073709551615", "DA:2,1"], "1- 2+", "1 negative count is taken as 0."],
    ["no line number", ["DA:undefined,0", "DA:0", "DA:NaN,3", "DA:2,1"], "2+", "3 rows have no line number and are left out."],
    ["unknown kinds", ["XYZ:1", "DA:2,1"], "2+", "1 line of an unknown kind is left out."],
  ])("says what was odd: %s", (_, body, expected, note) => {
    const report = parse(rows(...body));
    expect(lines(only(report))).toBe(expected);
    expect(report.notes).toEqual([note]);
  });

  it("adds up the records of one file, one per test name", () => {
    const report = parse(
      "TN:a\nSF:x.js\nDA:1,2\nDA:2,0\nend_of_record\nTN:b\nSF:x.js\nDA:1,3\nDA:2,0\nDA:3,1\nend_of_record\n",
      "auto",
      true,
    );
    expect(shown(report)).toEqual({ "x.js": "1+ 2- 3+" });
    expect([...(only(report).lines.count ?? [])]).toEqual([5, 0, 1]);
  });

  it("reads CRLF, a byte order mark, UTF-16 and a closing EOF alike", () => {
    const text = rows("FN:1,f", "FNDA:2,f", "DA:1,1", "BRDA:1,0,0,-", "DA:2,0");
    const expected = parse(text).files;
    const utf16 = new Uint8Array([0xff, 0xfe, ...[...text].flatMap((letter) => [letter.charCodeAt(0), 0])]);
    for (const other of [text.replaceAll("\n", "\r\n"), `\ufeff${text}`, `${text}EOF\n`, `${text}EOF`, text.trimEnd()]) {
      expect(parse(other).files).toEqual(expected);
    }
    expect(parse(utf16).files).toEqual(expected);
  });

  it("keeps Windows paths, virtual paths and paths with colons whole", () => {
    const files = ["C:\\work\\src\\a.ts", "dist/<define:DATA>", "src/[id]/page: one.ts", "src/ünï.ts"];
    const report = parse(files.map((file) => `SF:${file}\nDA:1,1\nend_of_record\n`).join(""));
    expect(report.files.map((file) => file.path)).toEqual(["C:/work/src/a.ts", ...files.slice(1)]);
  });
});

describe("LCOV branches", () => {
  it.each([
    ["never reached and not taken are both uncovered", ["BRDA:1,0,0,-", "BRDA:1,0,1,0", "BRDA:1,0,2,7"], "1- 1- 1+"],
    ["expressions with commas", ["BRDA:3,0,f(a, b) && c,1", "BRDA:3,0,!(f(a, b) && c),0"], "3+ 3-"],
    ["exception and fall-through edges", ["BRDA:3,e0,1,0", "BRDA:3,f0,0,2"], "3+ 3-"],
    ["unreachable edges are left out", ["BRDA:3,U0,0,-", "BRDA:3,eU0,1,-", "BRDA:3,0,2,1"], "3+"],
    ["a block without a number (gcovr)", ["BRDA:3,None,0,1", "BRDA:3,None,1,0"], "3+ 3-"],
    ["a negative count", ["BRDA:3,0,0,-1"], "3-"],
  ])("%s", (_, body, expected) => {
    const marks = units(read("DA:1,1", ...body).branches)
      .split(" ")
      .sort();
    expect(marks).toEqual(expected.split(" ").sort());
  });

  it("does not multiply branches whose blocks are numbered through the file, differently in every shard", () => {
    const shard = (first: number, taken: number) =>
      Array.from({ length: 50 }, (_, i) => `BRDA:${i + 1},${first + i},0,${taken}\nBRDA:${i + 1},${first + i},1,0`).join("\n");
    const report = parse(`${rows("DA:1,1", shard(0, 0))}${rows("DA:1,1", shard(700, 1))}`);
    expect(only(report).branches?.line.length).toBe(100);
    expect(only(report).branches?.covered.reduce((sum, each) => sum + each, 0)).toBe(50);
  });
});

describe("LCOV functions", () => {
  it.each([
    ["1.x", ["FN:1,main", "FN:9,other", "FNDA:3,main", "FNDA:0,other"], "1+ 9-"],
    ["with end lines", ["FN:1,5,main", "FN:9,12,other", "FNDA:0,main", "FNDA:1,other"], "1- 9+"],
    ["commas in names", ["FN:1,std::pair<int, int>::f(int, char)", "FNDA:1,std::pair<int, int>::f(int, char)"], "1+"],
    ["counts in another order", ["FN:1,a", "FN:2,b", "FN:3,c", "FNDA:1,c", "FNDA:0,a", "FNDA:2,b"], "1- 2+ 3+"],
    ["2.x: one function under many names", ["FNL:0,4,8", "FNA:0,0,f<int>", "FNA:0,2,f<char, long>", "FNL:1,10", "FNA:1,0,g"], "4+ 10-"],
    ["without a count", ["FN:1,a"], "1-"],
  ])("%s", (_, body, expected) => expect(units(read(...body, "DA:1,1").functions)).toBe(expected));

  it("keeps names only for the merged report", () => {
    const text = rows("FN:1,a", "FN:2,b,c", "FNDA:1,a", "DA:1,1");
    expect(only(parse(text, "auto", true)).functions?.name).toEqual(["a", "b,c"]);
    expect(only(parse(text)).functions?.name).toBeUndefined();
  });
});

describe("LCOV, cut or complete", () => {
  const whole = rows("FN:1,f", "FNDA:1,f", "FNF:1", "FNH:1", "DA:1,1", "DA:2,0", "LF:2", "LH:1", "BRDA:1,0,0,1", "BRF:1", "BRH:1");

  it.each([
    ["no final end_of_record, summary agrees", whole.replace("end_of_record\n", ""), "1+ 2-"],
    ["no summary anywhere", "SF:src/a.js\nDA:1,1\nDA:2,0\n", "1+ 2-"],
  ])("takes as complete: %s", (_, text, expected) => {
    const report = parse(text);
    expect(lines(only(report))).toBe(expected);
    expect(report.notes[0]).toContain("no `end_of_record`");
  });

  it("takes a writer that never closes records at its word", () => {
    expect(shown(parse("SF:a.js\nDA:1,1\nSF:b.js\nDA:1,0\n"))).toEqual({ "a.js": "1+", "b.js": "1-" });
  });

  it("refuses every other cut of a file of several records", () => {
    const text = `${whole}${whole.replace("a.js", "b.js")}${whole.replace("a.js", "c.js")}`;
    const complete = new Set<number>();
    for (let end = 1; end < text.length; end++) {
      const cut = text.slice(0, end);
      // Whole records, and a whole record without its end, are complete; the start of the very first record's rows cannot be told from one.
      const tail = cut.slice(cut.lastIndexOf("SF:"));
      if (/end_of_record\n?$/.test(cut) || /BRH:1\n?$/.test(tail) || /^TN:\n$/.test(cut)) complete.add(end);
      else if (!cut.includes("end_of_record") && /(LH|BRF):1\n?$/.test(tail)) complete.add(end);
      else expect(refusal(cut, "lcov"), JSON.stringify(cut.slice(-20))).toMatch(/truncated|no LCOV record|empty/);
    }
    for (const end of complete) expect(parse(text.slice(0, end), "lcov").format).toBe("lcov");
  });

  it.each([
    ["a row of words", "SF:a\nDA:abc,1\nend_of_record\n", "line 2, column 4: `abc` is no line number"],
    ["no count", "SF:a\nDA:1,1\nDA:12,\nend_of_record\n", "line 3"],
    ["a count of words", "SF:a\nDA:1,often\nend_of_record\n", "`often` is no count"],
    ["rows before any file", "TN:\nDA:1,1\n", "outside of a record"],
    ["two rows on a line", "SF:a\nDA:1SF:b\nDA:1,1\nend_of_record\n", "line 2"],
    ["a branch cut short", "SF:a\nBRDA:1,0\nend_of_record\n", "is no branch"],
    ["no path", "SF:\nDA:1,1\nend_of_record\n", "names no file"],
    ["rubbish", "SF:a\nDA:1,1\nhello\nend_of_record\n", "line 3: `hello` is no LCOV record"],
    ["a file whose first record was cut before another was appended", `${whole}SF:b\nDA:1,1\n${whole}`, "truncated"],
    ["a line number beyond any file", "SF:a\nDA:99999999999,1\nend_of_record\n", "is no line number"],
  ])("names the place: %s", (_, text, expected) => expect(refusal(text, "lcov")).toContain(expected));

  it("gives back no files for a report without any", () => {
    expect(parse("TN:\n").files).toEqual([]);
  });
});
