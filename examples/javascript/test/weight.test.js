import assert from "node:assert/strict";
import { test } from "node:test";
import { grams } from "../src/weight.js";

test("reads grams and kilograms", () => {
  assert.equal(grams("750 g"), 750);
  assert.equal(grams("1.2 kg"), 1200);
});

test("refuses what is no weight", () => {
  assert.throws(() => grams("heavy"), /not a weight/);
});
