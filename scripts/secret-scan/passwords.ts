import { alphanumeric, type Dice } from "../../test/actions/secret-scan/samples.ts";

const lower = "abcdefghijklmnopqrstuvwxyz0123456789";
const words = ["winter", "dragon", "coffee", "falcon", "garden", "silver", "rocket", "monkey", "harbor", "violet", "castle", "thunder"];

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** As people choose them, and as managers make them. */
export const passwordKinds: readonly ((dice: Dice) => string)[] = [
  (dice) => dice.text(alphanumeric, 16),
  (dice) => dice.text(`${alphanumeric}!@%^*-_=+.`, 14).replace(/^[^A-Za-z0-9]/, "a"),
  (dice) => dice.text(lower, 10),
  (dice) => `${capital(dice.pick(words))}${1990 + dice.below(36)}!`,
  (dice) => `${capital(dice.pick(words))}-${dice.pick(words)}-${dice.below(90) + 10}`,
  (dice) => `${dice.pick(words).replaceAll("e", "3").replaceAll("o", "0")}${capital(dice.pick(words))}${dice.below(900) + 100}`,
  (dice) => dice.text("0123456789abcdef", 24),
  (dice) => Buffer.from(dice.text(lower, 15)).toString("base64"),
];
