import { catalogue } from "../../actions/secret-scan/src/rules/catalogue.ts";

const place = /(<!-- generated: rules -->\n)[\s\S]*?(<!-- end -->)/;

/** The built-in rules of secret-scan between `<!-- generated: rules -->` and `<!-- end -->`; a README without the markers stays as it is. */
export function fillRuleTable(readme: string): string {
  return readme.replace(place, (_, open: string, close: string) => `${open}${ruleTable()}${close}`);
}

function ruleTable(): string {
  const rows = [...catalogue]
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .map(({ id, title, level, revoke }) => `| \`${id}\` | ${title.replaceAll("|", "\\|")} | ${level} | ${revokeCell(revoke)} |`);
  return `${catalogue.length} rules:\n\n| rule | what it finds | severity | revoke it |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function revokeCell(revoke: string): string {
  return revoke.startsWith("https://") ? `[${new URL(revoke).hostname}](${revoke})` : revoke.replaceAll("|", "\\|");
}
