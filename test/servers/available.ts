/** Why something cannot be had on this machine, in one line; `undefined` where it is there now. */
export async function whyMissing(prepare: () => unknown): Promise<string | undefined> {
  try {
    await prepare();
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  }
}

/** A title that says why its tests are left out. */
export function titled(name: string, missing: string | undefined): string {
  return missing === undefined ? name : `${name} (left out: ${missing})`;
}
