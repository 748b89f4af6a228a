/** This machine's disk, which can never be more than full, and never less than empty. */
const disk = (condition: string): string => `- name: disk\n  url: disk:///\n  attempts: 1\n  conditions: ["${condition}"]`;

export default {
  prepare(): Record<string, string> {
    return { targets: disk("[USED_PERCENT] <= 100") };
  },
  failing: { targets: disk("[USED_PERCENT] < 0") },
};
