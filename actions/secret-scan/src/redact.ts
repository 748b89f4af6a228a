const mostLeading = 8;
const mostTrailing = 4;

/** A secret as it may be shown: the more of it there is, the more of its ends, and never more than 8 and 4 characters. */
export function redacted(secret: string): string {
  const characters = [...secret.replace(/\s/g, " ")];
  const leading = characters.length < 12 ? 1 : Math.min(mostLeading, Math.floor(characters.length / 5));
  const trailing = characters.length < 20 ? 0 : Math.min(mostTrailing, Math.floor(characters.length / 10));
  return `${characters.slice(0, leading).join("")}…${trailing === 0 ? "" : characters.slice(-trailing).join("")}`;
}
