import fc from "fast-check";
import { expect, it } from "vitest";
import { openDeflate } from "../../../actions/report/adapters/deflate.ts";
import { absentOf, readExpected } from "../../../actions/report/src/expected.ts";
import type { Gate } from "../../../actions/report/src/model.ts";
import { pack, parcelLimits, unpack } from "../../../actions/report/src/parcel.ts";
import { isTold, longestLine, readPrevious, verdictLine } from "../../../actions/report/src/previous.ts";
import { headlineOf, worstFirst, worstVerdict } from "../../../actions/report/src/verdict.ts";
import { readZip, writeZip } from "../../../actions/report/src/zip.ts";
import { archive } from "../../bundles/report/archive.ts";
import { reportOf } from "./sample.ts";

const gate = (name: string, verdict: Gate["verdict"]): Gate => ({ name, verdict, headline: `${name} says ${verdict}.` });
const sha = "a".repeat(40);

it("the verdict is the worst of fail, unknown, pass, neutral; of nothing it is unknown", () => {
  const all = [gate("n", "neutral"), gate("p", "pass"), gate("u", "unknown"), gate("f", "fail")];
  expect(worstFirst(all).map(({ name }) => name)).toEqual(["f", "u", "p", "n"]);
  expect(all.map((_, index) => worstVerdict(all.slice(0, index + 1)))).toEqual(["neutral", "pass", "unknown", "fail"]);
  expect([worstVerdict([]), headlineOf([])]).toEqual(["unknown", "No gate has reported."]);
  expect(headlineOf([gate("p", "pass")])).toBe("1 gate: pass. p: p says pass.");
});

it("expected gates are told apart by action and id", () => {
  const there = ["", "web"].map((id): Gate => ({ ...gate("x", "pass"), report: reportOf({ id }) }));
  const missing = (...names: string[]): string[] => absentOf(readExpected(names), there).map(({ name }) => name);
  expect(missing("coverage-gate", "coverage-gate.web", "coverage-gate web")).toEqual([]);
  expect(missing("coverage-gate.api", "coverage", "coverage-gate.api")).toEqual(["coverage-gate.api", "coverage"]);
  for (const bad of ["Gate", "a/b", "", "a.", "--x", "a b c"]) expect(() => readExpected([bad]), bad).toThrow(/not the name of a gate/);
});

it("what a comment keeps is read back, whatever gates are called, and never ends the comment", () => {
  const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}(\.[A-Za-z0-9._-]{1,20})?$/);
  const verdicts = fc.constantFrom("pass", "fail", "neutral", "unknown");
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(names, verdicts), { selector: ([name]) => name, maxLength: 30 }), (pairs) => {
      const gates = pairs.map(([name, verdict]) => gate(name, verdict as Gate["verdict"]));
      const line = verdictLine(gates, { headSha: sha, run: "12.3" });
      expect(line.slice(4, -4)).not.toContain("--");
      const read = readPrevious(`${line}### the rest`);
      expect(read).toEqual({ headSha: sha, run: "12.3", verdicts: new Map(gates.map(({ name, verdict }) => [name, verdict])) });
      expect(isTold(read, gates, { headSha: sha, run: "99.1" })).toBe(true);
      expect(isTold(read, [...gates, gate("one-more", "pass")], { headSha: sha, run: "99.1" })).toBe(false);
      expect(isTold(read, gates, { headSha: "b".repeat(40), run: "12.3" })).toBe(false);
    }),
  );
});

it("what a comment keeps is bounded, and what is no such line is nothing", () => {
  const many = Array.from({ length: 2_000 }, (_, index) => gate(`gate-${index}`, "pass"));
  expect(verdictLine(many, { headSha: sha, run: "1.1" }).length).toBeLessThanOrEqual(longestLine + 10);
  for (const text of [undefined, "", "### hello", "<!-- forge-verdicts", `<!-- forge-verdicts ${sha}`])
    expect(readPrevious(text)).toBeUndefined();
  expect(readPrevious("<!-- forge-verdicts x 1.1 a=maybe b=pass c -->\n")?.verdicts).toEqual(new Map([["b", "pass"]]));
});

it("an archive is read back, the same for the same files, and any flipped byte is refused or changes nothing", async () => {
  const deflate = openDeflate();
  const files = ["a.json", "b.json"].map((name) => ({ name, content: new TextEncoder().encode(`${name} `.repeat(50)) }));
  const packed = await writeZip(files, deflate);
  expect(await writeZip(files, deflate)).toEqual(packed);
  const told = async (bytes: Uint8Array): Promise<string> => {
    const read = await readZip(bytes, parcelLimits.zip, deflate);
    return JSON.stringify(read.map(({ name, content }) => [name, new TextDecoder().decode(content)]));
  };
  const whole = await told(packed);
  let refused = 0;
  for (let at = 0; at < packed.length; at++) {
    const bytes = packed.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 0x41;
    await told(bytes).then(
      (read) => expect(read, `byte ${at}`).toBe(whole),
      (error: Error) => {
        expect(error.name, `byte ${at}: ${error.stack}`).toBe("UserError");
        refused += 1;
      },
    );
  }
  expect(refused).toBeGreaterThan(packed.length / 2);
  for (let end = 0; end < packed.length; end++) await expect(told(packed.subarray(0, end))).rejects.toThrow(/The artifact/);
});

it("random bytes are refused in words", async () => {
  const deflate = openDeflate();
  const noise = fc.uint8Array({ maxLength: 400 });
  const start = archive([{ name: "a.json", content: "{}" }]);
  await fc.assert(
    fc.asyncProperty(noise, fc.boolean(), async (bytes, behind) => {
      const given = behind ? Buffer.concat([Buffer.from(bytes), start.subarray(-22)]) : bytes;
      await expect(readZip(given, parcelLimits.zip, deflate)).rejects.toThrow(/The artifact/);
    }),
  );
});

it("whatever is packed is taken: many gates, long ones, gates without a report", () => {
  const rows = Array.from({ length: 30_000 }, (_, index) => [`file ${index}`, "x".repeat(40)]);
  const long = reportOf({ sections: [{ title: "Files", blocks: [{ kind: "table", columns: [{ title: "a" }], rows }] }] });
  const gates: Gate[] = [
    ...Array.from({ length: 40 }, (_, index): Gate => ({ ...gate("x", "pass"), report: { ...long, id: `g${index}` } })),
    ...Array.from({ length: 400 }, (_, index): Gate => ({ ...gate("x", "fail"), report: reportOf({ id: `s${index}`, verdict: "fail" }) })),
    gate("coverage-gate.web", "unknown"),
    gate("Not A Name", "unknown"),
  ];
  const { files, leftOut } = pack(gates, { pullRequest: 7, headSha: sha }, (report) => report);
  expect(leftOut).toEqual([]);
  expect(files.every(({ content }) => content.length <= parcelLimits.zip.fileBytes)).toBe(true);
  expect(files.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(parcelLimits.zip.allBytes);
  const read = unpack(files);
  expect(read.letter).toEqual({ pullRequest: 7, headSha: sha });
  expect(worstVerdict(read.gates)).toBe("fail");
  expect(read.gates.map(({ verdict }) => verdict)).toEqual(gates.map(({ verdict }) => verdict));
});
