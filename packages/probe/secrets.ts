/** Headers whose value is a credential, by name. */
const secretHeader = /auth|cookie|token|secret|api-?key|-key$|password|credential|session|signature/i;
/** Query parameters whose value is a credential, by name. */
const secretParameter = /token|secret|key|pass(word|wd|phrase)?$|pwd|auth|sig(nature)?$|credential|session|jwt|hmac|otp$|code$/i;

export const hidden = "***";

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Also where the address is written in a way that only browsers understand, such as `http:user:pass@host`. */
function withoutUserinfo(text: string, url: URL): string {
  const usual = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
  if (url.username === "" && url.password === "") return usual;
  const left = URL.canParse(usual) ? new URL(usual) : undefined;
  if (left?.username === "" && left.password === "" && left.host === url.host) return usual;
  const clean = new URL(url);
  clean.username = "";
  clean.password = "";
  return clean.href;
}

/** An address without what must not be printed, and the credentials that it held. */
export function splitAddress(text: string): { readonly shown: string; readonly secrets: readonly string[] } {
  if (!URL.canParse(text)) {
    // Even where the address is wrong, what looks like userinfo is none of the log's business.
    const userinfo = /\/\/([^/?#]*)@/.exec(text)?.[1];
    return { shown: userinfo === undefined ? text : text.replace(`${userinfo}@`, ""), secrets: userinfo === undefined ? [] : [userinfo] };
  }
  const url = new URL(text);
  const secrets: string[] = [];
  const { username, password } = url;
  if (password !== "") secrets.push(password, decoded(password), `${username}:${password}`, `${decoded(username)}:${decoded(password)}`);
  else if (username !== "") secrets.push(username, decoded(username));
  let shown = withoutUserinfo(text, url);
  for (const [name, value] of url.searchParams) {
    if (value === "" || !secretParameter.test(name)) continue;
    secrets.push(value);
  }
  shown = shown.replace(/([?&#]([^=&#]+)=)([^&#]+)/g, (whole, start: string, name: string, value: string) => {
    if (!secretParameter.test(decoded(name))) return whole;
    secrets.push(value);
    return `${start}${hidden}`;
  });
  return { shown, secrets };
}

/** The credentials in a header: the whole value, and what stands behind its scheme. */
export function headerSecrets(name: string, value: string): string[] {
  if (!secretHeader.test(name)) return [];
  const secrets = [value];
  const behind = /^\s*([A-Za-z-]+)\s+(\S.*)$/.exec(value);
  if (behind?.[2] !== undefined) secrets.push(behind[2], ...basicSecrets(behind[1] ?? "", behind[2]));
  if (/cookie/i.test(name)) for (const part of value.split(";")) secrets.push(part.slice(part.indexOf("=") + 1).trim());
  return secrets.filter((secret) => secret.length >= 4);
}

function basicSecrets(scheme: string, value: string): string[] {
  if (scheme.toLowerCase() !== "basic") return [];
  try {
    const pair = atob(value);
    return [pair, pair.slice(pair.indexOf(":") + 1)];
  } catch {
    return [];
  }
}

/** Everything that looks like a credential in targets as they were given, whether or not they can be read. */
export function secretsIn(value: unknown, name = "", depth = 0): string[] {
  if (depth > 20) return [];
  if (typeof value === "string") {
    const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? splitAddress(value).secrets : [];
    return [...address, ...(name === "" ? [] : headerSecrets(name, value))];
  }
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, "", depth + 1));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => secretsIn(item, key, depth + 1));
}
