import type { Block, Inline, Section, Text } from "../../../packages/report/model.ts";
import type { SecretFinding } from "./findings.ts";
import type { Rule, Skip } from "./model.ts";
import type { Told } from "./told.ts";

const mostRows = 50;

/** What people read: the secrets, what to do, what was accepted, what was left out. */
export function describe(
  findings: readonly SecretFinding[],
  { counts, newRules }: Pick<Told, "counts" | "newRules">,
  rules: readonly Rule[],
  skipped: readonly Skip[],
  stale: readonly string[],
): Section[] {
  const fresh = findings.filter(({ suppressed, baseline }) => !suppressed && !baseline);
  const sections: Section[] = [];
  if (fresh.length > 0)
    sections.push(
      { title: "Secrets", blocks: [table(fresh, counts.new), advice(fresh[0])] },
      { title: "How to revoke them", folded: true, blocks: [revoking(newRules, rules)] },
    );
  const rest = findings.filter(({ suppressed, baseline }) => suppressed || baseline);
  if (rest.length > 0) sections.push({ title: "Accepted", folded: true, blocks: [table(rest, counts.baseline + counts.suppressed)] });
  if (skipped.length > 0) sections.push({ title: "Left out", folded: true, blocks: [{ kind: "list", items: skipList(skipped) }] });
  if (stale.length > 0)
    sections.push({
      title: "Ignore lines to remove",
      folded: true,
      blocks: [{ kind: "list", items: stale.slice(0, mostRows).map((text): Text => ({ code: text })) }],
    });
  return sections;
}

function table(findings: readonly SecretFinding[], total: number): Block {
  const shown = findings.slice(0, mostRows);
  const rows = shown.map((finding): Text[] => [
    finding.rule,
    placeOf(finding),
    { code: finding.redacted },
    typeof finding["commit"] === "string" ? { code: finding["commit"].slice(0, 12) } : "",
    [finding["author"], typeof finding["date"] === "string" ? finding["date"].slice(0, 10) : undefined]
      .filter((part) => typeof part === "string")
      .join(", "),
    { code: finding.fingerprint },
  ]);
  const more = total - shown.length;
  return {
    kind: "table",
    columns: [
      { title: "Rule" },
      { title: "Place" },
      { title: "Redacted" },
      { title: "Commit" },
      { title: "Author" },
      { title: "Fingerprint" },
    ],
    rows,
    ...(more > 0 ? { more } : {}),
  };
}

/** The place in the tree of the head, where it is a file of it; a member of an archive has no page to link to. */
function placeOf({ path, line }: SecretFinding): Inline {
  return path.includes("!") ? { code: `${path}:${line}` } : { place: path, line };
}

function advice(first: SecretFinding | undefined): Block {
  return {
    kind: "paragraph",
    text: [
      "Revoke first, then remove: a secret that was pushed is known, and rewriting history does not take it back. If one is not a secret, put its fingerprint into ",
      { code: ".forge-secrets-ignore" },
      ": ",
      { code: `${first?.fingerprint ?? ""} # why` },
    ],
  };
}

function revoking(ids: ReadonlySet<string>, rules: readonly Rule[]): Block {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const items = [...ids].flatMap((id): Text[] => {
    const rule = known.get(id);
    if (rule === undefined) return [];
    return [rule.revoke === "" ? `${rule.title}: ${rule.why}` : [`${rule.title}: ${rule.why} `, { link: rule.revoke, text: "Revoke" }]];
  });
  return { kind: "list", items };
}

function skipList(skipped: readonly Skip[]): Text[] {
  const shown = skipped.slice(0, mostRows).map(({ name, reason }): Text => (name === "" ? reason : [{ code: name }, `: ${reason}`]));
  return skipped.length > mostRows ? [...shown, `and ${skipped.length - mostRows} more`] : shown;
}
