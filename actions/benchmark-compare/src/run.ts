import { UserError } from "../../../packages/frame/errors.ts";
import type { Outputs } from "../../../packages/frame/manifest.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import type manifest from "./manifest.ts";
export async function run(): Promise<Outcome<Outputs<typeof manifest>>> {
  throw new UserError("results: is required, and nothing was given. Example: bench/head-*.json");
}
