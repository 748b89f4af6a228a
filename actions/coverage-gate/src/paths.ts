import { type GoModule, inModules } from "./go-modules.ts";
import type { ParsedFile, ParsedReport } from "./model.ts";
import { below, folderOf, foldersAbove, isRooted, joinInside, segmentsOf, withSlashes } from "./path-text.ts";
import { SiblingEvidence } from "./sibling-evidence.ts";
import { SuffixIndex, type SuffixMatch } from "./suffix-index.ts";
import { inTree, type Tree } from "./tree.ts";

/*
 * From the path that a report writes to the path that the repository knows, without configuration. In this order, and the first that
 * gives exactly one file wins:
 *   1. a path below this checkout, a Go import path through go.mod, or a relative path from the one folder under which most of the
 *      report's files exist (the report's own folder or one above it, or the working directory; the nearest at a tie);
 *   2. the longest common ending in whole segments. An ending that is the file's name alone is no evidence, unless it is all that
 *      the report or the repository has;
 *   3. several files with that ending: the one in the report's own package or in the report's module (JaCoCo's group), if it is one;
 *   4. the folder that the other files of the same report prove. An absolute folder of a report is one folder of the repository, so
 *      when all its unmistakable files agree on which, that is certain. Relative paths prove nothing: reports can be concatenated.
 * The same endings are then looked for without regard to case, for reports from Windows. What still has several answers is dropped and
 * reported as ambiguous: an attribution to the wrong file would be worse than none.
 */

export interface Located {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly report: ParsedReport;
  readonly file: ParsedFile;
}

export interface LeftOut {
  /** As the report writes it; for `ignored` the repository's path. */
  readonly path: string;
  readonly source: string;
  readonly reason: "ambiguous" | "not in the repository" | "ignored";
  /** What it could have meant; at most a few. */
  readonly candidates: readonly string[];
  /** For `ambiguous`: what every file that it could have meant ends with. */
  readonly endings: readonly string[];
}

export interface Resolution {
  readonly located: readonly Located[];
  readonly leftOut: readonly LeftOut[];
}

interface Several {
  readonly several: readonly string[];
  readonly endings: readonly string[];
}

type Answer = { readonly path: string } | Several | undefined;

const shownCandidates = 3;

export function resolvePaths(reports: readonly ParsedReport[], tree: Tree, modules: readonly GoModule[] = []): Resolution {
  const located: Located[] = [];
  const leftOut: LeftOut[] = [];
  const finder = new EndingFinder(tree);
  for (const report of reports) {
    const resolver = new ReportResolver(report, tree, modules, finder);
    for (const file of report.files) {
      const answer = resolver.resolve(file);
      if (answer !== undefined && "path" in answer) located.push({ path: answer.path, report, file });
      else leftOut.push(dropped(file, report, answer));
    }
  }
  return { located, leftOut };
}

function dropped(file: ParsedFile, report: ParsedReport, answer: Several | undefined): LeftOut {
  const reason = answer === undefined ? "not in the repository" : "ambiguous";
  return { path: file.path, source: report.source, reason, candidates: answer?.several ?? [], endings: answer?.endings ?? [] };
}

function oneOf(found: ReadonlySet<string>): Answer {
  const [only] = found;
  if (only !== undefined && found.size === 1) return { path: only };
  return { several: [...found].slice(0, shownCandidates), endings: [...found] };
}

/** One way to read a path of a report. */
interface Form {
  readonly text: string;
  readonly rooted: boolean;
}

/** The path itself, or with each source root that the report states. */
function formsOf(file: ParsedFile): Form[] {
  const path = withSlashes(file.path).replace(/^file:\/\//, "");
  const plain = [{ text: path, rooted: isRooted(path) }];
  if (isRooted(path) || file.roots.length === 0) return plain;
  const joined = file.roots.map((root) => `${withSlashes(root.trim()).replace(/^file:\/\//, "")}/${path}`);
  return [...joined.map((text) => ({ text: text.replace(/^\.\//, ""), rooted: isRooted(text) })), ...plain];
}

/** Both indexes of one tree; the one without case is made when the first path needs it. */
class EndingFinder {
  readonly paths: readonly string[];
  readonly #exact: SuffixIndex;
  readonly #tree: Tree;
  #folded: SuffixIndex | undefined;

  constructor(tree: Tree) {
    this.#tree = tree;
    this.paths = tree.paths;
    this.#exact = new SuffixIndex(tree.paths);
  }

  /** The tree's own spelling of a whole path, exact or else in another case; `undefined` where it has none, or several. */
  named(path: string): string | undefined {
    if (this.#tree.has(path)) return path;
    const match = this.longestInAnyCase(path.split("/"));
    return match?.whole !== undefined && match.segments === path.split("/").length ? this.paths[match.whole] : undefined;
  }

  longest(segments: readonly string[]): SuffixMatch | undefined {
    return this.#exact.longest(segments);
  }

  longestInAnyCase(segments: readonly string[]): SuffixMatch | undefined {
    this.#folded ??= new SuffixIndex(this.paths.map((path) => path.toLowerCase()));
    return this.#folded.longest(segments.map((segment) => segment.toLowerCase()));
  }
}

class ReportResolver {
  readonly #report: ParsedReport;
  readonly #tree: Tree;
  readonly #modules: readonly GoModule[];
  readonly #finder: EndingFinder;
  readonly #home: readonly string[];
  readonly #base: string;
  readonly #evidence: SiblingEvidence;
  readonly #chosen = new Map<readonly number[], Map<string, Answer>>();

  constructor(report: ParsedReport, tree: Tree, modules: readonly GoModule[], finder: EndingFinder) {
    this.#report = report;
    this.#tree = tree;
    this.#modules = report.format === "go" ? modules : [];
    this.#finder = finder;
    const folder = inTree(tree, folderOf(withSlashes(report.source)));
    this.#home = folder === undefined ? [] : foldersAbove(folder);
    this.#base = this.#findBase();
    this.#evidence = new SiblingEvidence((path) => finder.named(path));
    this.#gather();
  }

  resolve(file: ParsedFile): Answer {
    const forms = formsOf(file);
    const exact = this.#exactly(forms);
    if (exact !== undefined) return exact;
    if (this.#inKnownModule(file)) return undefined;
    const answers = forms.map((form) => this.#byEnding(form, file));
    const found = new Set(answers.flatMap((answer) => (answer !== undefined && "path" in answer ? [answer.path] : [])));
    if (found.size > 0) return oneOf(found);
    const several = answers.flatMap((answer) => (answer !== undefined && "several" in answer ? [answer] : []));
    if (several.length === 0) return undefined;
    const candidates = [...new Set(several.flatMap((answer) => answer.several))].slice(0, shownCandidates);
    return { several: candidates, endings: [...new Set(several.flatMap((answer) => answer.endings))] };
  }

  /** A file below this checkout, below the base, or of a Go module. With several source roots more than one file may exist. */
  #exactly(forms: readonly Form[]): Answer {
    const found = new Set<string>();
    for (const form of forms) for (const path of this.#placesOf(form)) if (this.#tree.has(path)) found.add(path);
    return found.size === 0 ? undefined : oneOf(found);
  }

  #placesOf({ text, rooted }: Form): string[] {
    if (rooted) {
      const inside = below(this.#tree.root, text);
      return inside === undefined ? [] : [segmentsOf(inside).join("/")];
    }
    const owned = inModules(this.#modules, this.#tree, text);
    if (owned !== undefined && owned.length > 0) return owned;
    const place = joinInside(this.#base, text);
    return place === undefined ? [] : [place];
  }

  /** A Go file below a module that we have, but which is not there: it was generated, and no ending may stand in for it. */
  #inKnownModule(file: ParsedFile): boolean {
    return inModules(this.#modules, this.#tree, file.path) !== undefined;
  }

  #findBase(): string {
    const folders = [...new Set([...this.#home, this.#tree.workingDirectory, ""])];
    const relative = this.#report.files.map((file) => formsOf(file).filter((form) => !form.rooted)).filter((forms) => forms.length > 0);
    let best = { folder: this.#tree.workingDirectory, files: 0 };
    for (const folder of folders) {
      const files = relative.filter((forms) => forms.some(({ text }) => this.#tree.has(joinInside(folder, text) ?? ""))).length;
      if (files > best.files) best = { folder, files };
    }
    return best.folder;
  }

  /** What the unmistakable files of this report say about its absolute folders. */
  #gather(): void {
    for (const file of this.#report.files) {
      if (isForeign(file.path)) continue;
      for (const form of formsOf(file)) {
        if (!form.rooted) continue;
        const inside = this.#placesOf(form).find((path) => this.#tree.has(path));
        if (inside !== undefined) this.#evidence.add(segmentsOf(form.text), inside);
        else this.#gatherEnding(form, file);
      }
    }
  }

  #gatherEnding({ text }: Form, file: ParsedFile): void {
    const segments = segmentsOf(text).filter((segment) => segment !== "..");
    const found = this.#unmistakable(this.#finder.longest(segments), segments, file);
    const path = found ?? this.#unmistakable(this.#finder.longestInAnyCase(segments), segments, file);
    if (path !== undefined) this.#evidence.add(segments, path);
  }

  #unmistakable(match: SuffixMatch | undefined, segments: readonly string[], file: ParsedFile): string | undefined {
    if (match === undefined || match.segments < 2 || match.candidates.length > 1) return undefined;
    return this.#isStrong(match, segments, file, true) ? this.#finder.paths[match.candidates[0] ?? -1] : undefined;
  }

  #byEnding(form: Form, file: ParsedFile): Answer {
    if (isForeign(form.text)) return undefined;
    const segments = segmentsOf(form.text).filter((segment) => segment !== "..");
    const exact = this.#finder.longest(segments);
    const answer = this.#judge(exact, segments, file, form);
    if (answer !== undefined && "path" in answer) return answer;
    const folded = this.#finder.longestInAnyCase(segments);
    if (folded === undefined || folded.segments <= (exact?.segments ?? 0)) return answer;
    return this.#judge(folded, segments, file, form) ?? answer;
  }

  #judge(match: SuffixMatch | undefined, segments: readonly string[], file: ParsedFile, form: Form): Answer {
    if (match === undefined || !this.#isStrong(match, segments, file, form.rooted)) return this.#proven(segments, form);
    const only = match.candidates.length === 1 ? match.candidates[0] : undefined;
    if (only !== undefined) return { path: this.#finder.paths[only] ?? "" };
    const all = match.segments === segments.length;
    if (all && !form.rooted && match.whole !== undefined && this.#chooseByPlace(match, file) === undefined) {
      return { path: this.#finder.paths[match.whole] ?? "" };
    }
    return (form.rooted ? undefined : this.#chooseByPlace(match, file)) ?? this.#proven(segments, form) ?? this.#several(match, segments);
  }

  #several(match: SuffixMatch, segments: readonly string[]): Several {
    const several = match.candidates.slice(0, shownCandidates).map((index) => this.#finder.paths[index] ?? "");
    return { several, endings: [segments.slice(-match.segments).join("/")] };
  }

  /** Whether the common ending says enough. A Java file lies where its package says; other JVM languages need not keep to that. */
  #isStrong(match: SuffixMatch, segments: readonly string[], file: ParsedFile, rooted: boolean): boolean {
    const all = match.segments === segments.length;
    if (this.#report.format === "jacoco") return all || !file.path.endsWith(".java");
    if (all || match.segments > 1) return true;
    const only = match.candidates.length === 1 && match.whole !== undefined;
    return only && rooted && !this.#evidence.contradicts(segments, this.#finder.paths[match.whole ?? -1] ?? "");
  }

  #proven(segments: readonly string[], form: Form): Answer {
    const path = form.rooted ? this.#evidence.place(segments) : undefined;
    return path === undefined ? undefined : { path };
  }

  /** The one candidate in the report's own package, else the one in its module. Remembered, because thousands of files can share an ending. */
  #chooseByPlace(match: SuffixMatch, file: ParsedFile): Answer {
    const module = file.module ?? "";
    const known = this.#chosen.get(match.candidates) ?? new Map<string, Answer>();
    this.#chosen.set(match.candidates, known);
    if (!known.has(module)) known.set(module, this.#chooseNow(match.candidates, module));
    return known.get(module);
  }

  #chooseNow(candidates: readonly number[], module: string): Answer {
    let paths = candidates.map((index) => this.#finder.paths[index] ?? "");
    for (const folder of this.#home.filter((above) => above !== "")) {
      const near = paths.filter((path) => path.startsWith(`${folder}/`));
      if (near.length === 0) continue;
      paths = near;
      break;
    }
    if (paths.length > 1 && module !== "") {
      const name = segmentsOf(withSlashes(module)).at(-1);
      paths = paths.filter((path) => name !== undefined && folderOf(path).split("/").includes(name));
    }
    const [only] = paths;
    return only !== undefined && paths.length === 1 ? { path: only } : undefined;
  }
}

/** Installed packages: never this repository's code, whatever its file names are. */
function isForeign(path: string): boolean {
  return /(^|[\\/])node_modules[\\/]/.test(path);
}
