import { defineConfig } from "vitest/config";

/** Real workflows under real act: `npm run test:act`. Kept out of `npm test`, because it builds act with Go. */
export default defineConfig({
  test: {
    dir: "test/act",
    include: ["**/*.act.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
