import type { Plan, Step } from "../../../packages/releases/book.ts";
import { canonicalJson, sha256 } from "./canonical.ts";

/** The plan and its hash, over everything that it will do and nothing that changes by itself, such as the time. */
export async function makePlan(given: Omit<Plan, "hash">): Promise<Plan> {
  const { provider, environment, service, from, to, steps } = given;
  const plan = { provider, environment, service, from, to, steps: steps.map(plain) };
  return { ...plan, hash: await sha256(canonicalJson(plan)) };
}

function plain({ kind, what, undo, with: values }: Step): Step {
  return { kind, what, undo, with: { ...values } };
}

/** Whether a plan from the ledger is still the one that its hash was made of. */
export async function isIntact(plan: Plan): Promise<boolean> {
  return (await makePlan(plan)).hash === plan.hash;
}
