/** The pure part of the one comment: its marker, whose it is, and which survives. */

/** What is read of a comment. */
export interface Seen {
  readonly id: number;
  readonly body: string;
  readonly login: string;
  readonly bot: boolean;
  readonly url: string;
  /** ISO 8601, by GitHub's clock. */
  readonly created: string;
}

/** GitHub refuses longer bodies; counted in UTF-16 units, which is never less than GitHub's count. */
export const longestBody = 65_536;

const cutNote = "\n\n*The rest was cut off: GitHub does not take longer comments. All of it is in the job summary.*";

/** The invisible first line that a comment is known by. Whatever could end an HTML comment is encoded. */
export function markerOf(key: string): string {
  return `<!-- forge:${key.replaceAll(/[^A-Za-z0-9._/-]|-(?=-)/g, encode)} -->`;
}

function encode(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

/** Marker and text as one body within GitHub's limit, cut at the end of a line where it must be. */
export function bodyOf(key: string, text: string): string {
  const whole = `${markerOf(key)}\n${text}`;
  if (whole.length <= longestBody) return whole;
  const room = longestBody - cutNote.length;
  const lineEnd = whole.lastIndexOf("\n", room);
  // A surrogate pair must not be torn apart where one line is longer than all the room.
  const end = lineEnd > room / 2 ? lineEnd : isHighSurrogate(whole, room - 1) ? room - 1 : room;
  return whole.slice(0, end) + cutNote;
}

function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Reads GitHub's shape of a comment; `undefined` for what is not one. */
export function seenOf(value: unknown): Seen | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, body, user, html_url, created_at } = value as Readonly<Record<string, unknown>>;
  const { login, type } = (typeof user === "object" && user !== null ? user : {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== "number" || typeof login !== "string") return undefined;
  return {
    id,
    login,
    bot: type === "Bot",
    body: typeof body === "string" ? body : "",
    url: typeof html_url === "string" ? html_url : "",
    created: typeof created_at === "string" ? created_at : "",
  };
}

/** Comments that claim to be ours: anybody can write a marker, so the author has to be looked at too. */
export function marked(comments: readonly unknown[], key: string): Seen[] {
  const marker = markerOf(key);
  return comments
    .map(seenOf)
    .filter((comment): comment is Seen => comment?.body.startsWith(marker) === true)
    .sort((a, b) => a.id - b.id);
}

/** Those of them that `login` wrote, oldest first: the first survives. */
export function ownOf(claims: readonly Seen[], login: string): Seen[] {
  return claims.filter((comment) => comment.login === login && comment.bot === login.endsWith("[bot]"));
}
