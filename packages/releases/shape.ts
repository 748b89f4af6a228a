export const states = [
  "planned",
  "awaiting-approval",
  "locked",
  "executing",
  "verifying",
  "pinned",
  "committed",
  "reverting",
  "reverted",
  "halted",
  "proposed",
] as const;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

function hasTexts(value: unknown, ...names: readonly string[]): boolean {
  const fields = fieldsOf(value);
  return names.every((name) => typeof fields[name] === "string");
}

const isState = (value: unknown): boolean => states.some((state) => state === value);

const isTime = (value: unknown): boolean => typeof value === "string" && !Number.isNaN(Date.parse(value));

export function isMark(value: unknown): boolean {
  return (
    hasTexts(value, "release", "commit", "run", "deployment", "why") && isTime(fieldsOf(value)["at"]) && fieldsOf(value)["release"] !== ""
  );
}

export function isPin(value: unknown): boolean {
  return hasTexts(value, "release", "from", "key") && isTime(fieldsOf(value)["since"]);
}

export function isAttempt(value: unknown): boolean {
  const fields = fieldsOf(value);
  const told = hasTexts(value, "key", "deployment", "owner", "state", "why") && typeof fields["automatic"] === "boolean";
  return (
    told && isState(fields["state"]) && typeof fields["verified"] === "boolean" && isPlan(fields["plan"]) && isTimeline(fields["timeline"])
  );
}

function isTimeline(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isTransition);
}

function isTransition(value: unknown): boolean {
  const { state, at } = fieldsOf(value);
  return hasTexts(value, "run", "why") && isState(state) && isTime(at);
}

function isPlan(value: unknown): boolean {
  const steps = fieldsOf(value)["steps"];
  if (!hasTexts(value, "provider", "environment", "service", "from", "to", "hash") || !Array.isArray(steps)) return false;
  return steps.every((step) => {
    const given = fieldsOf(step)["with"];
    return hasTexts(step, "kind", "what", "undo") && Object.values(fieldsOf(given)).every((each) => typeof each === "string");
  });
}
