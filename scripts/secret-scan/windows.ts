/**
 * Compares keywords and windows with a plain search of the whole text on random texts: `node scripts/secret-scan/windows.ts [how many] [seed]`, by default
 * 10,000. Each text is read by fifteen patterns that need every kind of window.
 */
import { disagreement } from "../../test/actions/secret-scan/reference.ts";
import { Dice } from "../../test/actions/secret-scan/samples.ts";

const count = Number(process.argv[2] ?? 10_000);
const dice = new Dice(Number(process.argv[3] ?? 1));
let differences = 0;
for (let round = 0; round < count; round++) {
  const difference = disagreement(dice);
  if (difference !== undefined && ++differences <= 10) process.stdout.write(`${difference}\n`);
}
process.stdout.write(`${count} texts, ${differences} differences\n`);
process.exitCode = differences === 0 ? 0 : 1;
