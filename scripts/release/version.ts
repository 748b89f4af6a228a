/** How much a change asks of the next version; `first` is a unit that has never been released. */
export type Bump = "first" | "major" | "minor" | "patch";

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const exact = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** `v1.2.3`, or undefined for what is not an exact version: `v1`, `v1.2.3-rc.1`. */
export function exactVersion(text: string): Version | undefined {
  const match = exact.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
}

export function versionText({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

/** Negative where `a` is the older one. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

export function bumped({ major, minor, patch }: Version, bump: Exclude<Bump, "first">): Version {
  if (bump === "major") return { major: major + 1, minor: 0, patch: 0 };
  if (bump === "minor") return { major, minor: minor + 1, patch: 0 };
  return { major, minor, patch: patch + 1 };
}

const strength: Readonly<Record<Bump, number>> = { patch: 0, first: 1, minor: 1, major: 2 };

/** The strongest of several; a unit's first release counts for others as a new feature. */
export function strongest(bumps: readonly Bump[]): Exclude<Bump, "first"> {
  const most = Math.max(0, ...bumps.map((bump) => strength[bump]));
  return most === 2 ? "major" : most === 1 ? "minor" : "patch";
}
