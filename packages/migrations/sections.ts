/** Which files, and which parts of a file, a deployment runs. */

/** Tools that keep both ways in one file; the way back counts as one only behind the tool's own mark for the way there. */
const marks: readonly (readonly [up: RegExp, down: RegExp])[] = [
  [/^[ \t]*--[ \t]*\+goose[ \t]+Up\b/i, /^[ \t]*--[ \t]*\+goose[ \t]+Down\b/i],
  [/^[ \t]*--[ \t]*\+migrate[ \t]+Up\b/i, /^[ \t]*--[ \t]*\+migrate[ \t]+Down\b/i],
  [/^[ \t]*--[ \t]*migrate:up\b/i, /^[ \t]*--[ \t]*migrate:down\b/i],
  [/^[ \t]*--[ \t]*rambler[ \t]+up\b/i, /^[ \t]*--[ \t]*rambler[ \t]+down\b/i],
  [/^(?:#|--)[ \t-]*!Ups\b/i, /^(?:#|--)[ \t-]*!Downs\b/i],
  [/^[ \t]*--[ \t]*\/\/[ \t]/, /^[ \t]*--[ \t]*\/\/[ \t]*@UNDO\b/i],
];

/** The script without its way back; lines stay where they are. */
export function forwardPart(script: string): string {
  const lines = script.split("\n");
  const pair = marks.find(([up]) => lines.some((line) => up.test(line)));
  if (pair === undefined) return script;
  const [up, down] = pair;
  let forward = true;
  const kept = lines.map((line) => {
    if (down.test(line)) forward = false;
    else if (up.test(line)) forward = true;
    else return forward ? line : "";
    return "";
  });
  return kept.join("\n");
}

/** Whether a file is the way back of another, which has to be there too: a name by itself, such as `V7__tear_down.sql`, says nothing. */
export function isWayBack(path: string, others: ReadonlySet<string>): boolean {
  if (/(?:^|\/)(?:[^/]+\.)?down\.sql$/i.test(path)) return true;
  return counterparts(path).some((other) => other !== path && others.has(other));
}

function counterparts(path: string): readonly string[] {
  const found = [path.replace(/(^|\/)(?:revert|verify)\/([^/]+)$/, "$1deploy/$2"), path.replace(/(^|\/)U(\d[^/]*__[^/]*\.sql)$/, "$1V$2")];
  const suffix = /^(.*?)([._-]?)(?:down|rollback|revert|undo)(\.sql)$/i.exec(path);
  if (suffix === null) return found;
  const [, stem = "", separator = "", end = ""] = suffix;
  const ways = ["up", "deploy", "forward", "migration", "apply"].map((way) => `${stem}${separator}${way}${end}`);
  return [...found, ...ways, ...(separator === "." ? [`${stem}${end}`] : [])];
}
