/** One small whole report of each format, to be cut, mangled and merged. */
const json = (value: unknown) => JSON.stringify(value, null, 1);
const span = (line: number) => ({ start: { line, column: 1 }, end: { line, column: 30 } });
const istanbulFile = {
  path: "/app/src/a.ts",
  statementMap: { 0: span(1), 1: span(3), 2: span(9) },
  fnMap: { 0: { name: "f", decl: span(2), loc: span(2) } },
  branchMap: { 0: { type: "if", loc: span(3), locations: [span(3), { start: {}, end: {} }] } },
  s: { 0: 1, 1: 0, 2: 4 },
  f: { 0: 1 },
  b: { 0: [1, 0] },
};
const total = { lines: { total: 4, covered: 3, skipped: 0, pct: 75 }, branches: { total: 0, covered: 0, skipped: 0, pct: 100 } };

export const samples = {
  lcov: "TN:\nSF:src/a.c\nFN:1,f\nFNDA:1,f\nFNF:1\nFNH:1\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nBRF:2\nBRH:1\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\nTN:\nSF:src/b.c\nFNL:0,3\nFNA:0,2,g\nDA:3,1,abc\nDA:4,1e3\nLF:2\nLH:2\nend_of_record\n",
  cobertura: `<?xml version="1.0"?>\n<!DOCTYPE coverage SYSTEM "x.dtd">\n<coverage line-rate="0.5" lines-valid="2" lines-covered="1">\n<sources><source>/app</source></sources>\n<packages><package name="p"><classes><class name="A" filename="a.py"><methods><method name="f" signature=""><lines><line number="1" hits="1"/></lines></method></methods><lines>\n<line number="1" hits="1"/><!-- note -->\n<line number="2" hits="0" branch="true" condition-coverage="50% (1/2)"/>\n</lines></class></classes></package></packages>\n</coverage>\n`,
  clover: `<?xml version="1.0"?>\n<coverage generated="1" clover="3.2.0"><project timestamp="1"><package name="p"><file name="a.js" path="/app/a.js"><metrics conditionals="2" coveredconditionals="1"/>\n<line num="1" count="1" type="stmt"/>\n<line num="2" count="1" type="cond" truecount="1" falsecount="0"/>\n<line num="3" count="0" type="method" name="f"/></file></package></project></coverage>\n`,
  jacoco: `<?xml version="1.0"?><report name="r"><group name="core"><package name="x"><class name="x/A" sourcefilename="A.java"><method name="f" desc="()V" line="1"><counter type="METHOD" missed="0" covered="1"/></method></class>\n<sourcefile name="A.java"><line nr="1" mi="0" ci="2" mb="1" cb="1"/>\n<line nr="2" mi="1" ci="0" mb="0" cb="0"/></sourcefile></package></group></report>\n`,
  opencover: `<?xml version="1.0"?><CoverageSession><Modules><Module><Files><File uid="1" fullPath="C:\\w\\A.cs"/></Files><Classes><Class><Methods><Method><Name>F</Name><FileRef uid="1"/><SequencePoints>\n<SequencePoint vc="2" sl="5" sc="1" el="7" ec="9"/><SequencePoint vc="0" sl="8" sc="1" el="8" ec="2"/></SequencePoints><BranchPoints><BranchPoint vc="1" sl="5" offset="9" path="0"/></BranchPoints></Method></Methods></Class></Classes></Module></Modules></CoverageSession>\n`,
  istanbul: json({ "/app/src/a.ts": istanbulFile, "/app/src/b.ts": { ...istanbulFile, path: "/app/src/b.ts", all: true } }),
  "json-summary": json({ total, "/app/a.js": total }),
  "coverage.py": json({
    meta: { version: "7.6", branch_coverage: true },
    files: {
      "src/a.py": {
        executed_lines: [1, 2],
        missing_lines: [5],
        excluded_lines: [7],
        executed_branches: [[2, 5]],
        missing_branches: [[2, -1]],
      },
    },
    totals: {},
  }),
  go: "mode: count\nexample.com/app/a.go:3.14,5.3 2 7\nexample.com/app/a.go:5.3,7.4 1 0\nexample.com/app/b.go:1.1,2.2 1 1\n",
  simplecov: json({
    RSpec: {
      coverage: { "/a.rb": { lines: [1, null, 0, "ignored"], branches: { "[:if, 0, 1, 4, 2, 7]": { "[:then, 1, 1, 6, 1, 9]": 2 } } } },
      timestamp: 1,
    },
  }),
  "llvm-cov": json({
    data: [
      {
        files: [
          {
            filename: "/w/a.rs",
            segments: [
              [1, 1, 3, true, true, false],
              [3, 5, 0, true, true, false],
              [7, 2, 0, false, false, false],
            ],
            branches: [[2, 4, 2, 9, 5, 0, 0, 0, 4]],
          },
        ],
        functions: [{ name: "f", count: 1, filenames: ["/w/a.rs"], regions: [[1, 1, 3, 2, 1, 0, 0, 0]] }],
      },
    ],
    type: "llvm.coverage.json.export",
  }),
  gcov: json({
    gcc_version: "14.2.0",
    current_working_directory: "/w",
    files: [
      {
        file: "a.c",
        functions: [{ name: "f", start_line: 1, execution_count: 2 }],
        lines: [{ line_number: 2, count: 3, branches: [{ count: 0 }, { count: 1 }] }],
      },
    ],
  }),
} as const;
export type Sample = keyof typeof samples;
