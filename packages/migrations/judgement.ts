/**
 * What a migration means for the program that ran before it:
 * - `expand`: that program still works with the new schema.
 * - `contract`: something it may use was taken away or made stricter.
 * - `unknown`: it cannot be told.
 */
export type MigrationClass = "expand" | "contract" | "unknown";

export interface Judgement {
  readonly class: MigrationClass;
  /** In words, for the one statement that decided. */
  readonly why: string;
}

export const expand = (why: string): Judgement => ({ class: "expand", why });
export const contract = (why: string): Judgement => ({ class: "contract", why });
export const unknown = (why: string): Judgement => ({ class: "unknown", why });

const rank: Readonly<Record<MigrationClass, number>> = { expand: 0, unknown: 1, contract: 2 };

/** The first of the worst ones. */
export function worst(judgements: readonly Judgement[]): Judgement {
  return judgements.reduce((a, b) => (rank[b.class] > rank[a.class] ? b : a), judgements[0] ?? expand("nothing is changed"));
}
