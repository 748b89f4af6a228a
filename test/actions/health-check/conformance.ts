/** The two smallest programs: one always succeeds, the other never does. */
const program = (name: string): string => `- name: it\n  kind: command\n  command: ["${name}"]\n  attempts: 1`;

export default {
  prepare(): Record<string, string> {
    return { targets: program("true") };
  },
  failing: { targets: program("false") },
  named: [/^program true$/],
};
