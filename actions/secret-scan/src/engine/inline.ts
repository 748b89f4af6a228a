/** Comments by which this scanner and others let a line pass. */
const onLine = /gitleaks:allow|betterleaks:allow|trufflehog:ignore|pragma: ?allowlist ?secret|secretlint-disable-line|forge:allow-secret/i;
const lineBefore = /pragma: ?allowlist ?nextline ?secret|secretlint-disable-next-line/i;

export function isAllowedInline(line: string, previous: string): boolean {
  return (line.includes(":") || line.includes("-line")) && onLine.test(line) ? true : lineBefore.test(previous);
}
