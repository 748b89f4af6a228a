/**
 * Turns every `uses: $/path` of a workflow or action file into `uses: <owner/name>/path@<ref>`, for runners that do not know `$/`.
 * `reference` is `owner/name@ref`. Nothing else of the text changes.
 */
export function withoutSelfReferences(text: string, reference: string): string {
  const at = reference.indexOf("@");
  const repository = reference.slice(0, at);
  return text.replace(
    /^([ \t]*(?:- )?uses:[ \t]*)(["']?)\$\/([\w./-]+)/gm,
    (_whole, key: string, quote: string, path: string) => `${key}${quote}${repository}/${path}${reference.slice(at)}`,
  );
}
