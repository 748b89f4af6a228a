import { grams } from "./weight.js";

const zones = {
  home: { start: 449, perKilogram: 60 },
  europe: { start: 1199, perKilogram: 190 },
  world: { start: 2449, perKilogram: 720 },
};

/** Price of a parcel in cents, without tax. */
export function price(parcel) {
  const zone = zones[parcel.zone];
  if (zone === undefined) {
    throw new Error(`"${parcel.zone}" is no zone: choose ${Object.keys(zones).join(", ")}`);
  }
  const kilograms = Math.ceil(grams(parcel.weight) / 1000);
  let cents = zone.start + (kilograms - 1) * zone.perKilogram;
  if (parcel.express) {
    cents += 500;
  }
  return cents;
}

/** Price of several parcels that are handed in together: every further one is a tenth cheaper. */
export function total(parcels) {
  return parcels
    .map(price)
    .sort((a, b) => b - a)
    .reduce((sum, cents, index) => sum + (index === 0 ? cents : Math.round(cents * 0.9)), 0);
}
