/** What whoever has it can do, where rules of several files say the same. */

export const store = { why: "Whoever has it can read and change the database.", level: "critical" } as const;
export const data = { why: "Whoever has it can read and change the data that is kept there." } as const;
export const low = { level: "low" } as const;
export const medium = { level: "medium" } as const;
export const cloud = {
  why: "Whoever has it can use, read and destroy what runs in the account, at your cost.",
  level: "critical",
} as const;
export const code = { why: "Whoever has it can read and change repositories, and often run pipelines." } as const;
export const critical = { ...code, level: "critical" } as const;
export const mail = { why: "Whoever has it can send mail that looks as if it came from you." } as const;
export const talk = { why: "Whoever has it can read messages and write them in your name." } as const;
