import type { Asked } from "./asked.ts";
import type { Assessed } from "./assess.ts";

/** The plan as a person is asked to approve it, in plain text with Markdown's lists only. Names are shown as code. */
export function changeRequest(asked: Asked, { from, to, rails, plan, migrations, approval }: Assessed): string {
  const lines = [
    `**What.** ${place(asked)}: from ${code(from)} back to ${code(to)}, by ${asked.settings.provider}.`,
    "",
    ...(plan?.steps ?? []).map(({ what }) => `- ${plain(what)}`),
    "",
    `**Why.** The verdict is ${asked.verdict ?? "given by a person"}${asked.deployment === "" ? "" : `, after the deployment ${code(asked.deployment)}`}.`,
    "",
    "**Evidence.**",
    "",
    ...rails.map(({ name, why }) => `- ${name}: ${plain(why)}`),
    "",
    `**Risk.** ${plain(approval ?? "none is known")}`,
    "",
    ...migrations.filter((each) => each.class !== "expand").map(({ path, class: kind, why }) => `- ${code(path)}: ${kind}, ${plain(why)}`),
    "",
    "**How to undo it.** `operation: revert`:",
    "",
    ...(plan?.steps ?? []).map(({ undo }) => `- ${plain(undo)}`),
  ];
  return lines.join("\n").slice(0, 40_000);
}

function place({ environment, service }: Asked): string {
  return service === "" ? code(environment) : `${code(service)} in ${code(environment)}`;
}

/** A name, or what others wrote, in one line. */
export function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll(/\s+/g, " ")}\``;
}

/** Text of others: it must not become Markdown, HTML, a mention or a command. */
export function plain(text: string): string {
  return code(text.slice(0, 500));
}
