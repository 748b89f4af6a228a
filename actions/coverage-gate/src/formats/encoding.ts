/**
 * How many bytes at the start are a byte order mark, and which encoding the bytes are in: `undefined` is UTF-8. Windows shells write reports as UTF-16
 * when redirected; XML may declare Latin-1 and others.
 */
export function encodingOf(bytes: Uint8Array): { readonly label: string | undefined; readonly mark: number } {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return { label: undefined, mark: 3 };
  if (first === 0xff && second === 0xfe) return { label: "utf-16le", mark: 2 };
  if (first === 0xfe && second === 0xff) return { label: "utf-16be", mark: 2 };
  if (first !== 0 && second === 0) return { label: "utf-16le", mark: 0 };
  if (first === 0 && second !== 0) return { label: "utf-16be", mark: 0 };
  return { label: declared(bytes), mark: 0 };
}

/** `<?xml version="1.0" encoding="ISO-8859-1"?>`; a declaration that says UTF-16 in single bytes is wrong and not believed. */
function declared(bytes: Uint8Array): string | undefined {
  let start = "";
  for (let i = 0; i < 200 && i < bytes.length; i++) start += String.fromCharCode(bytes[i] ?? 0);
  const label = /^\s*<\?xml[^>?]{0,100}\sencoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]{1,40})["']/.exec(start)?.[1]?.toLowerCase();
  return label === undefined || /^(utf-?8|us-ascii|ascii|utf-?16.*)$/.test(label) ? undefined : label;
}
