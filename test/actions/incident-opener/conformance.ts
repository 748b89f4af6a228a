/** Incidents as files: all of the action but GitHub. It never fails (the trouble is somebody else's verdict): what contradicts itself is unknown. */
export default {
  prepare(): Record<string, string> {
    return { verdict: "fail", service: "checkout", check: "http", backend: "file" };
  },
  failing: { operation: "resolve" },
  failsWith: [3, "unknown"] as const,
};
