import { defineConfig } from "vitest/config";

/** Real workflows under real act: `npm run test:act`. Kept out of `npm test`, because it builds act with Go. */
export default defineConfig({
  test: {
    dir: "test/act",
    include: ["**/*.act.ts"],
    // act waits more than it works.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
