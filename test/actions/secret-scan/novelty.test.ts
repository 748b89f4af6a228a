import { describe, expect, it } from "vitest";
import { Novelty } from "../../../actions/secret-scan/src/engine/novelty.ts";
import { catalogue } from "../../../actions/secret-scan/src/rules/catalogue.ts";
import { scanner, type Told } from "./arrange.ts";
import { alphanumeric, Dice, sampleOf } from "./samples.ts";

const rules = catalogue.filter(({ finder }) => finder.kind === "pattern");

function privateKey(dice: Dice): string[] {
  const lines = 12 + dice.below(40);
  const body = Array.from({ length: lines }, () => dice.text(`${alphanumeric}+/`, 64));
  return [`-----BEGIN RSA ${"PRIVATE"} KEY-----`, ...body, `-----END RSA ${"PRIVATE"} KEY-----`];
}

/** Lines as a file has them: code, settings, long lines, empty ones, and now and then a secret of any kind. */
function line(dice: Dice): string[] {
  switch (dice.below(40)) {
    case 0:
      return [sampleOf(dice.pick(rules), dice) ?? ""];
    case 1:
      return privateKey(dice);
    case 2:
      return [`password = "${dice.text(`${alphanumeric}!$`, 14)}"`];
    case 3:
      return [dice.text(`${alphanumeric} .,`, 3_000)];
    case 4:
      return [Buffer.from(`key=${sampleOf(dice.pick(rules), dice)}`).toString("base64")];
    default:
      return [`${"  ".repeat(dice.below(4))}${dice.text("abcdefghij =(){};.", dice.below(70))}`];
  }
}

function edited(lines: readonly string[], dice: Dice): string[] {
  const next = [...lines];
  for (let edit = 0; edit <= dice.below(3); edit++) {
    const at = dice.below(next.length);
    const removed = dice.below(4) === 0 ? dice.below(30) : dice.below(3);
    next.splice(at, removed, ...Array.from({ length: dice.below(4) }, () => line(dice)).flat());
  }
  return next.length > 20 ? next : Array.from({ length: 300 }, () => line(dice)).flat();
}

const shown = (told: readonly Told[]): string[] =>
  told.map(({ id, line: at, column, endLine, secret }) => `${id} ${at}:${column}-${endLine} ${secret}`);

describe("versions of a file", () => {
  it.each([1, 2, 3, 4, 5, 6])("hold what they hold when each is looked at alone: %i", (seed) => {
    const dice = new Dice(seed * 7_919);
    const remembering = scanner(catalogue, {}, new Novelty([dice.below(2 ** 31), dice.below(2 ** 31)]));
    const plain = scanner();
    let lines = Array.from({ length: 300 }, () => line(dice)).flat();
    let found = 0;
    for (let version = 0; version < 60; version++) {
      const text = lines.join("\n");
      const expected = shown(plain(text, "src/settings.ts"));
      expect(shown(remembering(text, "src/settings.ts"))).toEqual(expected);
      found += expected.length;
      lines = edited(lines, dice);
      // Without its secrets a version is remembered, which is when something could be missed afterwards.
      if (dice.below(2) === 0) lines = lines.filter((_, at) => !expected.some((one) => one.includes(` ${at + 1}:`)));
    }
    expect(found).toBeGreaterThan(20);
  });

  it("are looked at again under another path", () => {
    const remembering = scanner(catalogue, {}, new Novelty([1, 2]));
    const text = `${"x = 1\n".repeat(600)}db_password: "${"Sommer"}2024!x"\n${"y = 2\n".repeat(600)}`;
    expect(shown(remembering(text, "deploy/values.yaml"))).toEqual(shown(scanner()(text, "deploy/values.yaml")));
    expect(shown(remembering(text, "test/spec.ts"))).toEqual(shown(scanner()(text, "test/spec.ts")));
  });
});
