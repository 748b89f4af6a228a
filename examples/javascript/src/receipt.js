import { price, total } from "./price.js";

const euros = (cents) => `${(cents / 100).toFixed(2)} EUR`;

/** The receipt of parcels that were handed in together, one line each. */
export function receipt(parcels) {
  if (parcels.length === 0) {
    return "Nothing was handed in.\n";
  }
  const lines = parcels.map((parcel) => `${parcel.weight} to ${parcel.zone}: ${euros(price(parcel))}`);
  const single = parcels.reduce((sum, parcel) => sum + price(parcel), 0);
  const sum = total(parcels);
  if (sum < single) {
    lines.push(`You save ${euros(single - sum)}`);
  }
  lines.push(`Total ${euros(sum)}`);
  return `${lines.join("\n")}\n`;
}
