const [lt, gt, bang, quote, apostrophe] = [60, 62, 33, 34, 39];

/** Behind the `>` of `<!DOCTYPE …>`; its internal subset, strings and comments are stepped over, never read. */
export function doctypeEnd(bytes: Uint8Array, start: number): number {
  let brackets = 0;
  for (let at = start; at !== -1 && at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === gt && brackets <= 0) return at + 1;
    if (byte === 91) brackets++;
    else if (byte === 93) brackets--;
    at = markupEnd(bytes, at);
  }
  return -1;
}

/** Behind the string, the comment or the single byte that begins here; -1 if its end is missing. */
function markupEnd(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte === quote || byte === apostrophe) {
    const end = bytes.indexOf(byte, at + 1);
    return end === -1 ? -1 : end + 1;
  }
  const comment = byte === lt && bytes[at + 1] === bang && bytes[at + 2] === 45 && bytes[at + 3] === 45;
  return comment ? commentEnd(bytes, at + 4) : at + 1;
}

function commentEnd(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(gt, start); at !== -1; at = bytes.indexOf(gt, at + 1)) {
    if (at >= start + 2 && bytes[at - 1] === 45 && bytes[at - 2] === 45) return at + 1;
  }
  return -1;
}
