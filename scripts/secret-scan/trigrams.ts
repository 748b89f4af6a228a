/**
 * Counts how often letters follow one another in the prose and the names of the installed packages, and writes actions/secret-scan/src/engine/trigrams.ts:
 * `node scripts/secret-scan/trigrams.ts`. Run by hand; the result is committed, because it depends on what is installed.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const counts = new Float64Array(27 ** 3);
let read = 0;
for (const entry of readdirSync(join(root, "node_modules"), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(md|d\.ts|json)$/i.test(entry.name) || read > 60e6) continue;
  const text = readFileSync(join(entry.parentPath, entry.name), "utf8").slice(0, 400_000);
  read += text.length;
  for (const [word] of text.replace(/([a-z])([A-Z])/g, "$1 $2").matchAll(/[A-Za-z]{3,20}/g)) count(word.toLowerCase());
}

function count(word: string): void {
  const codes = [0, 0, ...Array.from(word, (letter) => letter.charCodeAt(0) - 96), 0];
  for (let at = 2; at < codes.length; at++) {
    const cell = ((codes[at - 2] ?? 0) * 27 + (codes[at - 1] ?? 0)) * 27 + (codes[at] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

const cells: string[] = [];
for (let pair = 0; pair < 27 * 27; pair++) {
  const row = counts.subarray(pair * 27, pair * 27 + 27);
  const sum = row.reduce((all, one) => all + one, 0);
  // Bits of surprise, with a little room for what was never seen; 0 to 9.
  for (const cell of row) cells.push(String(Math.min(9, Math.round(-Math.log2((cell + 0.5) / (sum + 13.5))))));
}
const text = cells.join("").match(/.{1,135}/g) ?? [];
const module = `// Written by scripts/secret-scan/trigrams.ts.

/** Bits of surprise (0 to 9) of a letter after two others: cell \`(a * 27 + b) * 27 + c\`, where 0 is the edge of a word and 1 to 26 are the letters. */
export const surprises: string = [
${text.map((line) => `  "${line}",`).join("\n")}
].join("");
`;
writeFileSync(join(root, "actions", "secret-scan", "src", "engine", "trigrams.ts"), module);
