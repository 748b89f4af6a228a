import { expect, it } from "vitest";
import { killSwitch } from "../../../actions/auto-rollback/src/asked.ts";
import { canonicalJson } from "../../../actions/auto-rollback/src/canonical.ts";
import { isIntact, makePlan } from "../../../actions/auto-rollback/src/plan.ts";

it.each(["", "0", "false", "FALSE", " off ", "No"])("a kill switch of %j is off", (given) => expect(killSwitch(given)).toBe(""));
it.each(["1", "true", "on", "yes", "stop", "null"])("a kill switch of %j is on", (given) => expect(killSwitch(given)).toBe(given));

it("a plan's hash is of what it does, whatever the order of its fields, and shows any change", async () => {
  const step = { kind: "a", what: "b", undo: "c", with: { x: "1", y: "2" } };
  const plan = await makePlan({ provider: "npm", environment: "e", service: "s", from: "1", to: "2", steps: [step] });
  const turned = await makePlan({
    to: "2",
    from: "1",
    service: "s",
    environment: "e",
    provider: "npm",
    steps: [{ ...step, with: { y: "2", x: "1" } }],
  });
  expect(plan.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(turned.hash).toBe(plan.hash);
  expect(await isIntact(plan)).toBe(true);
  expect(await isIntact({ ...plan, to: "3" })).toBe(false);
  expect(await isIntact({ ...plan, steps: [{ ...step, with: { x: "1", y: "3" } }] })).toBe(false);
  expect(canonicalJson({ b: [1, { d: null, c: "é" }], a: undefined })).toBe('{"b":[1,{"c":"é","d":null}]}');
});
