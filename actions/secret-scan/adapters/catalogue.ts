/** The built-in rules in a bundle of their own: half of all that the scan needs, and wrong inputs are told without them. */
export { catalogue } from "../src/rules/catalogue.ts";
