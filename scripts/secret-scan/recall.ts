/**
 * How many passwords that never stood anywhere are found in the files people keep them in, form by form, and how many files of folders are flagged. Quick,
 * because it asks the engine itself; `precision.ts` asks the bundle, beside gitleaks:
 * `node scripts/secret-scan/recall.ts [rounds] [folder of innocent files …]`.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { scanner } from "../../test/actions/secret-scan/arrange.ts";
import { Dice } from "../../test/actions/secret-scan/samples.ts";
import { furtherGuilty, guilty } from "./guilty-samples.ts";
import { passwordKinds } from "./passwords.ts";

const [rounds = "20", ...folders] = process.argv.slice(2);
const dice = new Dice(4_711);
const scan = scanner();
let found = 0;
const forms = [...guilty, ...furtherGuilty];
for (const { path, lines } of forms) {
  let hits = 0;
  for (let round = 0; round < Number(rounds); round++)
    hits += Number(scan(`${lines(dice.pick(passwordKinds)(dice)).join("\n")}\n`, path.replace("{n}", "s1")).length > 0);
  found += hits;
  if (hits < Number(rounds) * 0.9) process.stdout.write(`${path}: ${hits} of ${rounds} (${lines("…").at(-1)})\n`);
}
process.stdout.write(
  `found ${found} of ${forms.length * Number(rounds)} (${((100 * found) / forms.length / Number(rounds)).toFixed(1)} %)\n`,
);
let files = 0;
let flagged = 0;
for (const folder of folders) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (path.includes(".vitest-cache")) continue;
    if (!entry.isFile() || statSync(path).size > 1_000_000) continue;
    files++;
    const told = scan(readFileSync(path), path.slice(folder.length + 1));
    if (told.length > 0 && ++flagged <= 40) process.stdout.write(`flagged: ${path}:${told[0]?.line} ${told[0]?.id}\n`);
  }
}
if (files > 0) process.stdout.write(`flagged ${flagged} of ${files} innocent files (${((100 * flagged) / files).toFixed(2)} %)\n`);
