import assert from "node:assert/strict";
import { test } from "node:test";
import { receipt } from "../src/receipt.js";

test("a receipt has a line for each parcel, and what was saved", () => {
  const parcel = { zone: "home", weight: "1 kg" };
  assert.equal(
    receipt([parcel, parcel]),
    "1 kg to home: 4.49 EUR\n1 kg to home: 4.49 EUR\nYou save 0.45 EUR\nTotal 8.53 EUR\n",
  );
});

test("nothing handed in", () => {
  assert.match(receipt([]), /Nothing/);
});
