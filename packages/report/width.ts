/** How many columns of a terminal a text takes. Ranges: East Asian wide and full-width letters, and emoji that are drawn as pictures. */
const wide =
  /[\u1100-\u115f\u231a\u231b\u2e80-\u303e\u3041-\u33ff\u3400-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const noWidth = /[\p{Mn}\p{Me}]/u;

function characterWidth(character: string): number {
  if (character < "\u0300") return 1;
  if (noWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The longest beginning of at most `width` columns. */
export function beginning(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** The longest ending of at most `width` columns. */
export function ending(text: string, width: number): string {
  const reversed = [...text].reverse();
  let used = 0;
  let length = 0;
  for (const character of reversed) {
    used += characterWidth(character);
    if (used > width) break;
    length += character.length;
  }
  return text.slice(text.length - length);
}
