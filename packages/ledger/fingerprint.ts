/**
 * Twelve hex digits that tell one kind of trouble from another: SHA-256 of who has it, never of messages, times or commits, which change from
 * one failure to the next. The parts are kept apart, so that `a`, `bc` is not `ab`, `c`.
 */
export async function fingerprintOf(parts: readonly string[]): Promise<string> {
  const text = JSON.stringify(parts.map((part) => part.normalize("NFC").trim()));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest).subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{12}$/.test(text);
}

/** The label that an issue is found by. */
export const fingerprintLabel = (fingerprint: string): string => `fp:${fingerprint}`;
