import assert from "node:assert/strict";
import { test } from "node:test";
import { price, total } from "../src/price.js";

test("every begun kilogram counts", () => {
  assert.equal(price({ zone: "home", weight: "300 g" }), 449);
  assert.equal(price({ zone: "europe", weight: "2.1 kg" }), 1579);
});

test("express costs more", () => {
  assert.equal(price({ zone: "home", weight: "300 g", express: true }), 949);
});

test("further parcels are cheaper", () => {
  const parcel = { zone: "home", weight: "1 kg" };
  assert.equal(total([parcel, parcel]), 449 + 404);
});
