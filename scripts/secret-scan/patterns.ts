/**
 * Compares our translation of patterns with Go's regexp package on random patterns and texts: `node scripts/secret-scan/patterns.ts [how many] [seed]`.
 * Needs Go. Both must accept the same patterns and give the same matches and groups, byte by byte;
 * only where something that can match nothing is repeated they may differ.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emitPattern } from "../../actions/secret-scan/src/regex/emit.ts";
import { lengthOf } from "../../actions/secret-scan/src/regex/measure.ts";
import { parsePattern } from "../../actions/secret-scan/src/regex/parse.ts";
import { PatternFault } from "../../actions/secret-scan/src/regex/reader.ts";
import type { Node } from "../../actions/secret-scan/src/regex/tree.ts";
import { Dice } from "../../test/actions/secret-scan/samples.ts";

const oracle = `package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var asked struct {
			P string
			T [][]byte
		}
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		pattern, err := regexp.Compile(asked.P)
		if err != nil {
			fmt.Fprintln(out, "null")
			continue
		}
		told := [][][]int{}
		for _, text := range asked.T {
			found := pattern.FindAllSubmatchIndex(text, -1)
			if found == nil {
				found = [][]int{}
			}
			told = append(told, found)
		}
		line, _ := json.Marshal(told)
		fmt.Fprintln(out, string(line))
	}
}
`;

const atoms = [
  ...[
    "a",
    "b",
    "k",
    "K",
    "é",
    "É",
    "я",
    "😀",
    "_",
    "-",
    " ",
    "\\n",
    "\\t",
    "\\.",
    "\\x41",
    "\\x{e9}",
    "\\101",
    "0",
    "=",
    '"',
    "key",
    "secret",
  ],
  ...[
    ".",
    ".",
    "\\d",
    "\\D",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "[ab]",
    "[^a]",
    "[a-k]",
    "[^\\n]",
    "[[:alpha:]]",
    "[[:^digit:]_]",
    "[\\w.-]",
    '[^\\s"]',
  ],
  ...[
    "\\pL",
    "\\PL",
    "\\p{Greek}",
    "\\p{Lu}",
    "[\\p{Cyrillic}0-9]",
    "[а-я]",
    "[^é]",
    "[é-ё]",
    "\\Qa.b\\E",
    "\\Q+",
    "[]a]",
    "[^]a]",
    "[a-]",
    "[[:punct:]]",
  ],
  ...["^", "$", "\\A", "\\z", "\\b", "\\B", "(?i)", "(?s)", "(?m)", "(?-i)", "(?U)", "(?is)", "()", "(?:)", "|", "{", "}", "{,2}", "]"],
  // Nobody knows these, or only others.
  ...[
    "\\Z",
    "\\1",
    "\\8",
    "\\C",
    "(?=a)",
    "(?<!b)",
    "[b-a]",
    "[[:nope:]]",
    "\\p{Nope}",
    "\\k<a>",
    "(?>a)",
    "a**",
    "a{2}{3}",
    "a{1001}",
    "(a{40}){40}",
    "[a-\\d]",
  ],
];
const repeats = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{2,}", "{0}", "{1,}?"];
const pieces = [
  "a",
  "b",
  "k",
  "K",
  "é",
  "É",
  "я",
  "Ж",
  "😀",
  "_",
  "-",
  " ",
  "\n",
  "\t",
  ".",
  "A",
  "0",
  "=",
  '"',
  "key",
  "KEY",
  "Secret",
  "ab",
  "aab",
  "λ",
  "+",
  "{",
  "\r",
];

class Author {
  readonly #dice: Dice;
  #names = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  pattern(depth: number): string {
    const parts: string[] = [];
    for (let count = 1 + this.#dice.below(4); count > 0; count--) parts.push(this.#part(depth));
    return parts.join("");
  }

  #part(depth: number): string {
    const dice = this.#dice;
    const known = dice.below(60) === 0 ? atoms.length : atoms.length - 16;
    const atom = depth > 0 && dice.below(3) === 0 ? this.#group(depth) : (atoms[dice.below(known)] ?? "a");
    return dice.below(3) === 0 && !/^\(\?[a-zA-Z-]+\)$/.test(atom) ? atom + dice.pick(repeats) : atom;
  }

  #group(depth: number): string {
    const open = this.#dice.pick(["(", "(", "(?:", "(?i:", "(?s:", "(?m-s:", "(?U:", `(?P<n${this.#names++}>`, `(?<m${this.#names++}>`]);
    const inside = Array.from({ length: 1 + this.#dice.below(3) }, () => (this.#dice.below(8) === 0 ? "" : this.pattern(depth - 1)));
    return `${open}${inside.join("|")})`;
  }
}

function textOf(dice: Dice): Buffer {
  const text = Buffer.from(Array.from({ length: dice.below(14) }, () => dice.pick(pieces)).join(""));
  return dice.below(10) === 0 ? Buffer.concat([text, Buffer.from([dice.pick([0xe9, 0x80, 0xff])]), Buffer.from("ab key")]) : text;
}

function ours(pattern: string, texts: readonly Buffer[]): number[][][] | null {
  let regex: RegExp;
  try {
    regex = new RegExp(emitPattern(parsePattern(pattern).root), "dg");
  } catch (error) {
    if (error instanceof PatternFault) return null;
    throw error;
  }
  return texts.map((bytes) => {
    const told: number[][] = [];
    for (const match of bytes.toString("latin1").matchAll(regex))
      told.push([...(match.indices ?? [])].flatMap((place) => place ?? [-1, -1]));
    return told;
  });
}

/** Whether something that can match nothing is repeated: Go takes a round of nothing when it is the first choice, JavaScript never does. */
function hasEmptyRounds(node: Node): boolean {
  switch (node.kind) {
    case "repeat":
      return (node.max > 1 && lengthOf(node.part).min === 0) || hasEmptyRounds(node.part);
    case "group":
      return hasEmptyRounds(node.part);
    case "sequence":
      return node.parts.some(hasEmptyRounds);
    case "choice":
      return node.options.some(hasEmptyRounds);
    default:
      return false;
  }
}

/** Empty matches find no secret, and Go and JavaScript count them differently. */
function telling(matches: readonly number[][]): string {
  return JSON.stringify(matches.filter(([from = 0, to = 0]) => to > from));
}

const count = Number(process.argv[2] ?? 20_000);
const dice = new Dice(Number(process.argv[3] ?? 1));
const asked = Array.from({ length: count }, () => ({
  pattern: new Author(dice).pattern(3),
  texts: Array.from({ length: 6 }, () => textOf(dice)),
}));
const folder = mkdtempSync(join(tmpdir(), "forge-patterns-"));
writeFileSync(join(folder, "main.go"), oracle);
const input = asked.map(({ pattern, texts }) => JSON.stringify({ P: pattern, T: texts.map((text) => text.toString("base64")) })).join("\n");
const answers = execFileSync("go", ["run", join(folder, "main.go")], { input, maxBuffer: 2 ** 30 })
  .toString()
  .trimEnd()
  .split("\n");
rmSync(folder, { recursive: true });
const differences = { accepted: 0, matches: 0, groups: 0, "empty rounds": 0 };
let valid = 0;
for (const [index, { pattern, texts }] of asked.entries()) {
  const go = JSON.parse(answers[index] ?? "null") as number[][][] | null;
  const mine = ours(pattern, texts);
  if (go !== null) valid++;
  if ((go === null) !== (mine === null)) {
    report("accepted", { pattern, go: go !== null, ours: mine !== null });
    continue;
  }
  for (const [at, text] of texts.entries()) {
    const [theirs, own] = [go?.[at] ?? [], mine?.[at] ?? []];
    if (telling(theirs) === telling(own)) continue;
    const whole = telling(theirs.map((match) => match.slice(0, 2))) === telling(own.map((match) => match.slice(0, 2)));
    const kind = hasEmptyRounds(parsePattern(pattern).root) ? "empty rounds" : whole ? "groups" : "matches";
    report(kind, { pattern, text: text.toString("latin1"), go: telling(theirs), ours: telling(own) });
    break;
  }
}
process.stdout.write(`${count} patterns, ${valid} valid: ${JSON.stringify(differences)}\n`);
process.exitCode = differences.accepted + differences.matches + differences.groups > 0 ? 1 : 0;

function report(kind: keyof typeof differences, what: object): void {
  if (++differences[kind] <= 12 && kind !== "empty rounds") process.stdout.write(`${kind}: ${JSON.stringify(what)}\n`);
}
