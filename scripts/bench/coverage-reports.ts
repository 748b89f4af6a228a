import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

/**
 * Large reports, the same bytes every time: `node scripts/bench/coverage-reports.ts <folder> [name …]` writes those that are not there yet.
 * Sizes are those of the field's complaints: 9,000 files of LCOV, 5,500 of Cobertura, 5,000 of Clover.
 */
export const reports = {
  "lcov-96mb": { file: "lcov-96mb.info", files: 9_000, lines: 600, write: lcov },
  "lcov-700mb": { file: "lcov-700mb.info", files: 64_300, lines: 600, write: lcov },
  "cobertura-134mb": { file: "cobertura-134mb.xml", files: 5_500, lines: 600, write: cobertura },
  "clover-86mb": { file: "clover-86mb.xml", files: 5_350, lines: 300, write: clover },
  "istanbul-120mb": { file: "coverage-final-120mb.json", files: 2_450, lines: 420, write: istanbul },
  "go-65mb": { file: "go-65mb.out", files: 5_000, lines: 600, write: go },
  "lcov-1mb": { file: "lcov-1mb.info", files: 90, lines: 600, write: lcov },
} as const;
export type ReportName = keyof typeof reports;

/** The path of a report's n-th source file, relative to the repository's root. */
export function sourcePath(index: number, extension: string): string {
  return `src/area${index % 40}/part${index % 7}/module${index}.${extension}`;
}

/** Whether the generated tests reach a line: nine of ten, in runs, so that uncovered ranges exist. */
export function isHit(file: number, line: number): boolean {
  return (Math.imul(file * 31 + Math.floor(line / 5), 2654435761) >>> 0) % 10 !== 0;
}

function hits(file: number, line: number): number {
  return isHit(file, line) ? 1 + ((file * 7 + line * 13) % 9_000) : 0;
}

/** Writes the report unless a file of that name and content plan is there; gives its path. */
export async function ensureReport(folder: string, name: ReportName): Promise<string> {
  const { file, files, lines, write } = reports[name];
  const plan = createHash("sha256").update(`${write}${sourcePath}${isHit}${hits}${files} ${lines}`).digest("hex").slice(0, 12);
  const path = join(folder, plan, file);
  if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  await mkdir(dirname(path), { recursive: true });
  await pipeline(joined(write(files, lines)), createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path);
  return path;
}

async function* joined(pieces: Iterable<string>): AsyncGenerator<string> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < 262_144) continue;
    yield text;
    text = "";
  }
  yield text;
}

function* lcov(files: number, lines: number): Generator<string> {
  for (let file = 0; file < files; file++) {
    let [functions, counts, branches, rows, hit] = ["", "", "", "", 0];
    for (let line = 1; line <= lines; line++) {
      const count = hits(file, line);
      if (count > 0) hit++;
      rows += `DA:${line * 2},${count}\n`;
      if (line % 20 === 1) functions += `FN:${line * 2},module${file}Function${line}\n`;
      if (line % 20 === 1) counts += `FNDA:${count},module${file}Function${line}\n`;
      if (line % 10 === 0) branches += `BRDA:${line * 2},0,0,${count}\nBRDA:${line * 2},0,1,-\n`;
    }
    yield `TN:\nSF:${sourcePath(file, "js")}\n${functions}${counts}${branches}${rows}LF:${lines}\nLH:${hit}\nend_of_record\n`;
  }
}

function* cobertura(files: number, lines: number): Generator<string> {
  yield `<?xml version="1.0" ?>\n<coverage version="7.6" timestamp="1700000000000" branch-rate="0" complexity="0">\n<sources><source>.</source></sources>\n<packages>\n`;
  for (let file = 0; file < files; file++) {
    const path = sourcePath(file, "py");
    const rows: string[] = [];
    for (let line = 1; line <= lines; line++) {
      const count = hits(file, line) % 1000;
      const condition = line % 16 === 0 ? ` branch="true" condition-coverage="50% (1/2)"` : "";
      rows.push(`\t\t\t\t\t\t<line number="${line * 2}" hits="${count}"${condition}/>\n`);
    }
    yield `<package name="p${file}" line-rate="0.9" complexity="0"><classes>\n<class name="module${file}.py" filename="${path}" complexity="0" line-rate="0.9" branch-rate="0">\n<methods/>\n<lines>\n${rows.join("")}</lines>\n</class>\n</classes></package>\n`;
  }
  yield "</packages>\n</coverage>\n";
}

function* clover(files: number, lines: number): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<coverage generated="1700000000000" clover="3.2.0">\n  <project timestamp="1700000000000" name="All files">\n`;
  for (let file = 0; file < files; file++) {
    const path = sourcePath(file, "js");
    const rows: string[] = [];
    for (let line = 1; line <= lines; line++) {
      const kind = line % 8 === 0 ? ` type="cond" truecount="1" falsecount="1"` : ` type="stmt"`;
      rows.push(`        <line num="${line * 2}" count="${hits(file, line) % 1000}"${kind}/>\n`);
    }
    yield `    <package name="p${file}">\n      <file name="module${file}.js" path="/home/runner/work/app/app/${path}">\n${rows.join("")}      </file>\n    </package>\n`;
  }
  yield "  </project>\n</coverage>\n";
}

function* istanbul(files: number, lines: number): Generator<string> {
  yield "{";
  for (let file = 0; file < files; file++) {
    const path = `/home/runner/work/app/app/${sourcePath(file, "ts")}`;
    const [statementMap, s, branchMap, b]: Record<string, unknown>[] = [{}, {}, {}, {}];
    for (let line = 1; line <= lines; line++) {
      const span = { start: { line: line * 2, column: 4 }, end: { line: line * 2, column: 40 + (line % 30) } };
      if (statementMap !== undefined && s !== undefined) [statementMap[line], s[line]] = [span, hits(file, line)];
      if (line % 6 === 0 && branchMap !== undefined && b !== undefined) {
        branchMap[line] = { loc: span, type: "if", locations: [span, { start: {}, end: {} }], line: line * 2 };
        b[line] = [hits(file, line), 0];
      }
    }
    yield `${file === 0 ? "" : ",\n"}${JSON.stringify(path)}: ${JSON.stringify({ path, statementMap, fnMap: {}, branchMap, s, f: {}, b })}`;
  }
  yield "}\n";
}

function* go(files: number, lines: number): Generator<string> {
  yield "mode: count\n";
  for (let file = 0; file < files; file++) {
    const path = `example.com/app/${sourcePath(file, "go")}`;
    const rows: string[] = [];
    for (let line = 1; line <= lines; line += 3)
      rows.push(`${path}:${line * 2}.2,${line * 2 + 4}.16 ${1 + (line % 3)} ${hits(file, line)}\n`);
    yield rows.join("");
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...names] = process.argv.slice(2);
  if (folder === undefined) throw new Error("usage: coverage-reports.ts <folder> [name …]");
  for (const name of Object.keys(reports) as ReportName[]) {
    if (names.length > 0 && !names.includes(name)) continue;
    const path = await ensureReport(folder, name);
    process.stdout.write(`${path} ${((await stat(path)).size / 1e6).toFixed(1)} MB\n`);
  }
}
