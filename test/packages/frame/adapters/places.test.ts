import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readText } from "../../../../packages/frame/adapters/places.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-places-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a file that an input names", () => {
  it("is its text, and nothing where there is none", () => {
    const path = join(folder, "a.yml");
    writeFileSync(path, "a: 1\n");
    expect(readText(path, "a.yml")).toBe("a: 1\n");
    for (const name of ["b.yml", "a.yml/b", "x".repeat(5_000)]) expect(readText(join(folder, name), name)).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")("is refused at once where it would never end", () => {
    for (const device of ["/dev/zero", "/dev/urandom"]) expect(() => readText(device, device)).toThrow(`${device} is a device`);
    const large = join(folder, "large.yml");
    writeFileSync(large, "");
    truncateSync(large, 1024 ** 4);
    expect(() => readText(large, "large.yml")).toThrow("large.yml has 1099511627776 bytes");
    mkdirSync(join(folder, "folder.yml"));
    expect(() => readText(join(folder, "folder.yml"), "folder.yml")).toThrow("folder.yml cannot be read");
  });
});
