import { describe, expect, it } from "vitest";
import { lines, only, parse, refusal, shown, units } from "./read.ts";

const cobertura = (classes: string, root = "", sources = "<source>.</source>") =>
  `<?xml version="1.0" ?><!DOCTYPE coverage SYSTEM "http://example.invalid/coverage-04.dtd">
<coverage line-rate="0.5"${root}><sources>${sources}</sources><packages><package name="p"><classes>${classes}</classes></package></packages></coverage>\n`;
const pyClass = (body: string, file = "a.py", name = "a") =>
  `<class name="${name}" filename="${file}"><methods/><lines>${body}</lines></class>`;

describe("Cobertura", () => {
  it.each([
    ["hits", `<line number="1" hits="1"/><line hits='0' number='2'/>`, "1+ 2-"],
    [
      "hits with decimals and beyond 32 bits",
      `<line number="1" hits="3.0"/><line number="2" hits="4294967297"/><line number="3" hits="0.0"/>`,
      "1+ 2+ 3-",
    ],
    ["lines repeated in a class", `<line number="1" hits="0"/><line number="1" hits="2"/><line number="1" hits="0"/>`, "1+"],
    ["a branch without condition coverage", `<line number="1" hits="1" branch="true"/>`, "1+"],
    ["line 0 and below", `<line number="0" hits="1"/><line number="-1" hits="1"/><line number="2" hits="1"/>`, "2+"],
  ])("%s", (_, body, expected) => expect(lines(only(parse(cobertura(pyClass(body)))))).toBe(expected));

  it("makes one file of many classes, whichever order they come in", () => {
    const inner = pyClass(`<line number="1" hits="0"/><line number="2" hits="5"/>`, "src/A.java", "A$1");
    const outer = pyClass(`<line number="1" hits="9"/><line number="2" hits="0"/>`, "src/A.java", "A");
    const other = pyClass(`<line number="7" hits="1"/>`, "src/B.java", "B");
    const expected = { "src/A.java": "1+ 2+", "src/B.java": "7+" };
    expect(shown(parse(cobertura(inner + outer + other)))).toEqual(expected);
    expect(shown(parse(cobertura(outer + other + inner)))).toEqual(expected);
  });

  it("counts lines under methods only where a class has no others", () => {
    const method = (body: string) => `<methods><method name="f" signature="()V"><lines>${body}</lines></method></methods>`;
    const twice = `<class name="A" filename="A.java">${method('<line number="3" hits="1"/><line number="4" hits="1"/>')}<lines><line number="3" hits="1"/></lines></class>`;
    const methodsOnly = `<class name="B" filename="B.java">${method('<line number="3" hits="0"/><line number="4" hits="2"/>')}<lines/></class>`;
    const report = parse(cobertura(twice + methodsOnly));
    expect(shown(report)).toEqual({ "A.java": "3+", "B.java": "3- 4+" });
    expect(report.files.map((file) => units(file.functions))).toEqual(["3+", "3+"]);
  });

  it("reads condition coverage as so many of so many branches, the best of repetitions", () => {
    const body = `<line number="1" hits="1" branch="true" condition-coverage="50% (1/2)"><conditions><condition number="0" type="jump" coverage="50%"/></conditions></line>
      <line number="2" hits="1" branch="True" condition-coverage="100%(4/4)"/><line number="3" hits="1" branch="true" condition-coverage="0%"/>`;
    expect(units(only(parse(cobertura(pyClass(body)))).branches)).toBe("1+ 1- 2+ 2+ 2+ 2+");
    const again = pyClass(`<line number="1" hits="1" branch="true" condition-coverage="100% (2/2)"/>`);
    expect(units(only(parse(cobertura(pyClass(body) + again))).branches)).toBe("1+ 1+ 2+ 2+ 2+ 2+");
  });

  it("gives the roots, decoded and trimmed, and Windows paths with slashes", () => {
    const sources =
      "<source>\n  /app/src\n</source><source>C:\\b&amp;d</source><source><![CDATA[/c<d]]></source><source/><source>  </source>";
    const report = parse(cobertura(pyClass(`<line number="1" hits="1"/>`, "lib\\x\\a.cs"), "", sources));
    expect(only(report).path).toBe("lib/x/a.cs");
    expect(only(report).roots).toEqual(["/app/src", "C:\\b&d", "/c<d"]);
  });

  it("computes totals and says when the root tells others", () => {
    const body = pyClass(`<line number="1" hits="1"/><line number="2" hits="0"/>`);
    expect(parse(cobertura(body, ` lines-valid="2" lines-covered="1"`)).notes).toEqual([]);
    expect(parse(cobertura(body, ` lines-valid="7815" lines-covered="7809"`)).notes).toEqual([
      "The report says of itself that 7809 of 7815 lines are covered; its rows say 1 of 2, and the rows are what counts.",
    ]);
  });

  it("decodes the declared encoding", () => {
    const text = cobertura(pyClass(`<line number="1" hits="1"/>`, "src/größe.py")).replace(
      'version="1.0"',
      'version="1.0" encoding="ISO-8859-1"',
    );
    const latin1 = Uint8Array.from([...text].map((letter) => letter.charCodeAt(0)));
    expect(only(parse(latin1)).path).toBe("src/größe.py");
    const utf16 = Uint8Array.from([
      0xfe,
      0xff,
      ...[...text.replace("ISO-8859-1", "utf-16")].flatMap((letter) => [letter.charCodeAt(0) >> 8, letter.charCodeAt(0) & 255]),
    ]);
    expect(only(parse(utf16)).path).toBe("src/größe.py");
    expect(refusal(text.replace("ISO-8859-1", "klingon"))).toContain("unknown encoding `klingon`");
  });

  it("expands no entity of the document's own", () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!-- ]> --><!ENTITY x SYSTEM "file:///etc/passwd">]>
<coverage line-rate="1"><packages><package><classes><class name="a" filename="&b;&x;.py"><lines><line number="1" hits="1"/></lines></class></classes></package></packages></coverage>`;
    expect(only(parse(bomb)).path).toBe("&b;&x;.py");
  });

  it("is empty when there is nothing in it", () => {
    for (const text of ["<coverage/>", "<coverage></coverage>", cobertura("")]) expect(parse(text).files).toEqual([]);
  });

  it.each([
    [`<line number="x" hits="1"/>`, "`x` is no line number"],
    [`<line hits="1"/>`, "a line has no number"],
    [`<line number="1"/>`, "does not say how often it ran"],
    [`<line number="1" hits="NaN"/>`, "`NaN` is no count"],
    [`\n<line number="1" hits="1" condition-coverage="1% (1/4000000000)"/>`, "line 3: `1% (1/4000000000)` is no condition coverage"],
    [`<line number="1" hits="1" condition-coverage="150% (3/2)"/>`, "is no condition coverage"],
  ])("refuses %s", (body, expected) => expect(refusal(cobertura(pyClass(body)))).toContain(expected));
});

describe("Clover", () => {
  const clover = (files: string) =>
    `<?xml version="1.0"?><coverage generated="1" clover="3.2.0"><project timestamp="1">${files}</project></coverage>`;

  it("counts stmt and cond rows as lines, stmt rows as statements, method rows as functions", () => {
    const file = only(
      parse(
        clover(`<package name="p"><file name="a.js" path="/app/src/a.js"><line num="1" type="method" name="f" count="1"/><line num="2" count="3" type="stmt"/>
          <line num="3" type="cond" truecount="2" falsecount="0"/><line num="4" type="cond" truecount="0" falsecount="0"/><line num="5" type="stmt" count="0"/>
          <line num="5" type="stmt" count="1"/></file></package>`),
      ),
    );
    expect(file.path).toBe("/app/src/a.js");
    expect(lines(file)).toBe("2+ 3+ 4- 5+");
    expect(units(file.statements)).toBe("2+ 5- 5+");
    expect(units(file.branches)).toBe("3+ 3- 4- 4-");
    expect(units(file.functions)).toBe("1+");
  });

  it("reads PHPUnit's, whose name is the path and which has no version", () => {
    const text = `<coverage generated="1"><project timestamp="1"><file name="/srv/app/src/Cart.php"><class name="Cart"><metrics statements="1"/></class>
      <line num="9" type="method" name="total" visibility="public" complexity="2" crap="2" count="0"/><line num="10" type="stmt" count="0"/></file></project></coverage>`;
    const report = parse(text);
    expect(report.format).toBe("clover");
    expect(shown(report)).toEqual({ "/srv/app/src/Cart.php": "10-" });
    expect(units(only(report).functions)).toBe("9-");
  });

  it("takes truecount and falsecount as numbers of branches only where the file's metrics leave no other reading", () => {
    const cond = `<line num="3" type="cond" count="4" truecount="3" falsecount="1"/>`;
    const file = (metrics: string) => clover(`<file name="a.js" path="/a.js">${metrics}${cond}</file>`);
    expect(units(only(parse(file(""))).branches)).toBe("3+ 3+");
    expect(units(only(parse(file(`<metrics conditionals="2" coveredconditionals="2"/>`))).branches)).toBe("3+ 3+");
    expect(units(only(parse(file(`<metrics conditionals="4" coveredconditionals="3"/>`))).branches)).toBe("3+ 3+ 3+ 3-");
    expect(units(only(parse(file(`<metrics conditionals="9" coveredconditionals="9"/>`))).branches)).toBe("3+ 3+");
  });

  it("leaves out the tests' own code, which OpenClover puts into <testproject>", () => {
    const file = (name: string) =>
      `<package name="p"><file name="${name}" path="/w/${name}"><class name="C"/><line num="1" type="stmt" count="1"/></file></package>`;
    const text = `<coverage generated="1" clover="4.5.2"><project name="a">${file("A.java")}</project><testproject name="a">${file("ATest.java")}</testproject></coverage>`;
    expect(shown(parse(text))).toEqual({ "/w/A.java": "1+" });
  });

  it("tells a bare <coverage> by its first child", () => {
    expect(parse("<coverage><project/></coverage>").format).toBe("clover");
    expect(parse("<coverage><packages/></coverage>").format).toBe("cobertura");
    expect(refusal(`<coverage version="1"><file path="a"><lineToCover lineNumber="1" covered="true"/></file></coverage>`)).toContain(
      "of no known format",
    );
  });
});

describe("JaCoCo", () => {
  const file = (rows: string) => `<sourcefile name="A.kt">${rows}<counter type="LINE" missed="9" covered="9"/></sourcefile>`;
  const report = (inside: string) =>
    `<?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="r"><sessioninfo id="x" start="1" dump="2"/>${inside}</report>`;

  it("reads instructions as hits and branches as so many of so many", () => {
    const methods = `<class name="x/A" sourcefilename="A.kt"><method name="&lt;init&gt;" desc="()V" line="1"><counter type="METHOD" missed="0" covered="1"/></method>
      <method name="f" desc="()V" line="2"><counter type="METHOD" missed="1" covered="0"/></method></class>`;
    const rows = `<line nr="1" mi="0" ci="3" mb="0" cb="0"/><line nr="2" mi="4" ci="0" mb="2" cb="0"/><line nr="3" mi="1" ci="1" mb="1" cb="3"/>`;
    const found = only(parse(report(`<package name="com/x">${methods}${file(rows)}</package>`)));
    expect(found.path).toBe("com/x/A.kt");
    expect(lines(found)).toBe("1+ 2- 3+");
    expect(units(found.branches)).toBe("2- 2- 3+ 3+ 3+ 3-");
    expect(units(found.functions)).toBe("1+ 2-");
  });

  it("keeps modules apart that hold the same package and file", () => {
    const pack = (hits: number) => `<package name="com/x">${file(`<line nr="1" mi="0" ci="${hits}" mb="0" cb="0"/>`)}</package>`;
    const nested = report(`<group name="all"><group name="core">${pack(1)}</group><group name="app">${pack(0)}</group></group>`);
    expect(shown(parse(nested))).toEqual({ "all/core:com/x/A.kt": "1+", "all/app:com/x/A.kt": "1-" });
  });

  it("reads the default package and refuses what no method can hold", () => {
    expect(shown(parse(report(`<package name="">${file(`<line nr="1" mi="0" ci="1"/>`)}</package>`)))).toEqual({ "A.kt": "1+" });
    expect(refusal(report(`<package name="">${file(`<line nr="1" mi="0" ci="1" mb="9" cb="400000000"/>`)}</package>`))).toContain(
      "branches",
    );
  });
});

describe("OpenCover", () => {
  it("counts the start lines of sequence points, in the file that each names", () => {
    const text = `<?xml version="1.0"?><CoverageSession><Summary/><Modules><Module skippedDueTo="Filter"><ModuleName>x</ModuleName><Classes/></Module>
      <Module><Files><File uid="1" fullPath="C:\\w\\A.cs"/><File uid="2" fullPath="C:\\w\\B.cs"/></Files><Classes><Class><FullName>N.A</FullName><Methods>
      <Method visited="true"><Name>N.A::F()</Name><FileRef uid="1"/><SequencePoints><SequencePoint vc="2" sl="5" sc="1" el="7" ec="9"/>
      <SequencePoint vc="0" sl="5" sc="12" el="5" ec="20"/><SequencePoint vc="0" sl="8" sc="1" el="8" ec="2"/><SequencePoint vc="4" sl="16707566" sc="0" el="16707566" ec="0"/>
      <SequencePoint vc="1" sl="3" sc="1" el="3" ec="2" fileid="2"/></SequencePoints><BranchPoints><BranchPoint vc="1" sl="5" offset="9" path="0"/>
      <BranchPoint vc="0" sl="5" offset="9" path="1"/></BranchPoints></Method></Methods></Class></Classes></Module></Modules></CoverageSession>`;
    const report = parse(text);
    expect(shown(report)).toEqual({ "C:/w/A.cs": "5+ 8-", "C:/w/B.cs": "3+" });
    const [a] = report.files;
    expect([units(a?.statements).split(" ").sort(), units(a?.branches).split(" ").sort(), units(a?.functions)]).toEqual([
      ["5+", "5-", "8-"],
      ["5+", "5-"],
      "3+",
    ]);
  });
});
