/** Weight of the heaviest parcel that is carried, in grams. */
export const heaviest = 31_500;

/** Reads "750 g" or "1.2 kg" and gives grams. */
export function grams(text) {
  const match = /^([0-9]+(?:\.[0-9]+)?) ?(g|kg)$/.exec(text);
  if (match === null) {
    throw new Error(`"${text}" is not a weight: write it like "750 g" or "1.2 kg"`);
  }
  const [, amount, unit] = match;
  const weight = Math.round(Number(amount) * (unit === "kg" ? 1000 : 1));
  if (weight > heaviest) {
    throw new Error(`${text} is too heavy: at most ${heaviest / 1000} kg are carried`);
  }
  return weight;
}
