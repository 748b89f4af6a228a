import { describe, expect, it } from "vitest";
import { lines, only, parse, refusal, shown, units } from "./read.ts";

describe("Go profiles", () => {
  it("covers a line if any block on it ran, and weighs blocks by statements", () => {
    const file = only(
      parse("mode: count\nexample.com/app/a.go:3.14,5.3 2 7\nexample.com/app/a.go:5.3,7.4 1 0\nexample.com/app/a.go:9.1,9.20 3 0\n"),
    );
    expect(lines(file)).toBe("3+ 4+ 5+ 6- 7- 9-");
    expect(units(file.statements)).toBe("3+x2 5-x1 9-x3");
  });

  it("counts a block once however many test binaries repeat it", () => {
    const block = (hits: number) => `example.com/app/a.go:3.14,5.3 2 ${hits}\n`;
    const file = only(
      parse(`mode: set\n${block(0)}example.com/app/b.go:1.1,2.2 1 1\n${block(1)}mode: set\n${block(0)}`.replace(/.*b\.go.*\n/, "")),
    );
    expect(units(file.statements)).toBe("3+x2");
    const spread = parse(
      `mode: set\n${block(0)}example.com/app/b.go:1.1,2.2 1 1\nmode: set\n${block(1)}example.com/app/b.go:1.1,2.2 1 0\n`,
    );
    expect(spread.files.map((each) => units(each.statements))).toEqual(["3+x2", "1+"]);
  });

  it("leaves out blocks without statements and reads odd names", () => {
    expect(shown(parse("mode: atomic\nC:\\src\\a b.go:1.1,1.9 0 0\nC:\\src\\a b.go:2.1,2.9 1 1\n"))).toEqual({ "C:/src/a b.go": "2+" });
    expect(parse("mode: set\n").files).toEqual([]);
    expect(parse("mode: set\r\na.go:1.1,1.2 1 1\r\n").files.length).toBe(1);
  });

  it.each([
    ["mode: fast\n", "`fast` is no mode"],
    ["mode: set\na.go:1.1,2.2 1\n", "line 2: `a.go:1.1,2.2 1` is no block"],
    ["mode: set\na.go:1.1,2.2 1 1\na.go:5.1,2.2", "line 3: the report is truncated"],
    ["mode: set\na.go:5.1,2.2 1 1\n", "is no block"],
    ["mode: set\na.go:1.1,900000000.2 1 1\n", "longer than any source file"],
  ])("refuses %j", (text, expected) => expect(refusal(text)).toContain(expected));
});
