import { distinctOf } from "./statistics.ts";

const runs = "abcdefghijklmnopqrstuvwxyz0123456789";
const sequences = ["0123456789", "1234567890", "9876543210", "abcdefghij", "qwertyuiop", "asdfghjkl"];

/** Words that authors of examples put into what must not be taken for real. */
const exampleWords =
  /example|sample|dummy|placeholder|redacted|changeme|change[-_]me|your[-_]|insert[-_]|replace[-_]?(?:me|with|this)|xxxx|\*\*\*|\.\.\.|<[a-z _-]+>|todo|fixme|not[-_]?a[-_]?(?:real|secret)|fake|my[-_]?(?:api|secret|token|key|password)|deadbeef|foobar|lorem|ipsum|test[-_]?(?:token|key|secret|password)|invalid|00000000|11111111/i;

/** Values that vendors' documentation and emulators show to everybody; in halves, so that no scanner takes this file for a leak. */
const published = [
  ["Eby8vdM02xNOcqFl", "qUwJPLlmEtlCDXJ1"],
  ["C2y6yDjf5/R+ob0N", "8A7Cgv30VRDJIWEH"],
  ["4eC39HqLyjWDarjt", "T1zdp7dc"],
  ["tGN0bIwXnHdwOa85", "VABjPdSn8nWY7G7I"],
  ["wJalrXUtnFEMI/K7", "MDENG/bPxRfiCY"],
  ["je7MtGbClwBF/2Zp", "9Utk/h3yCo8nvb"],
].map((halves) => halves.join(""));

/** Of a token whose shape is certain: only what chance does not make. */
export function isExampleToken(secret: string): boolean {
  if (
    /example|placeholder|redacted|your[-_]?(?:token|key|api|secret)|xxxxx|\*\*\*|dummy[-_]?(?:token|key)|fake[-_]?(?:token|key|secret)|sample[-_]?(?:token|key)|\.\.\.|deadbeef|abcdefghijkl|1234567890123|0123456789abcdef|(?:0123456789){2}/i.test(
      secret,
    )
  )
    return true;
  return isMonotonous(secret) || published.some((value) => secret.includes(value));
}

/** Of a value whose name alone makes it suspicious. */
export function looksLikeExample(value: string): boolean {
  return exampleWords.test(value) || isMonotonous(value) || isSequence(value) || published.some((known) => value.includes(known));
}

/** `aaaaaaaa`, `abababab`, `12121212`. */
export function isMonotonous(value: string): boolean {
  const body = value.length > 24 ? value.slice(-24) : value;
  if (body.length >= 6 && distinctOf(body) <= (body.length >= 16 ? 4 : 2)) return true;
  // A run of "A" is zeros in base64.
  return /([^A])\1{7}/.test(value) || /^(.{1,8}?)\1{2,}.?$/.test(value);
}

function isSequence(value: string): boolean {
  const lower = value.toLowerCase();
  if (sequences.some((sequence) => lower.includes(sequence))) return true;
  let steps = 0;
  for (let index = 1; index < lower.length; index++) {
    const at = runs.indexOf(lower.charAt(index));
    steps += at > 0 && runs.charAt(at - 1) === lower.charAt(index - 1) ? 1 : 0;
  }
  return lower.length >= 8 && steps / (lower.length - 1) > 0.7;
}

/** References to a value instead of the value: `${X}`, `$(cmd)`, `{{ x }}`, `%x%`, `os.environ[...]`, `<x>`, `@@x@@`, `!vault`. */
export function isReference(value: string): boolean {
  if (/\$\{|\$\(|\{\{|\}\}|<%|%>|#\{|@@|\{%/.test(value)) return true;
  if (
    /^(?:\$\w+|%\w+%|%[a-z]|<[^>]*>|\{[^}]*\}|\[[^\]]*\]|@[\w.-]+@|__\w+__|&\w+|\*\w+|#\w+|!\w.*|env[:.(].*|vault:.*|ref[+:].*|secret:.*|arn:.*|file:.*|op:\/\/.*|ssm:.*|kms:.*|\w+:\/\/[^:@\s]*)$/i.test(
      value,
    )
  )
    return true;
  return /process\.env|os\.environ|getenv|secrets?manager|keyvault|\bENV\[|\benv\.|\bsecrets\.|\bvars\.|\bvar\.|\blocal\.|\bdata\.|ENC\[|\bself\.|\bthis\.|->|::\w/.test(
    value,
  );
}
