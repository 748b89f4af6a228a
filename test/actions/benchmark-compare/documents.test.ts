import { describe, expect, it } from "vitest";
import { parseResults } from "../../../actions/benchmark-compare/src/formats/detect.ts";
import { FormatFault } from "../../../actions/benchmark-compare/src/formats/draft.ts";

const google = (name: string, time: number): string =>
  JSON.stringify(
    {
      context: {},
      benchmarks: [{ name, run_name: name, run_type: "iteration", iterations: 9, real_time: time, cpu_time: time, time_unit: "us" }],
    },
    undefined,
    2,
  );

const names = (text: string): string[] =>
  parseResults("f", text, "auto")
    .measures.filter(({ metric }) => metric === "time")
    .map(({ name, values }) => `${name} ${values.join(" ")}`);

function faultOf(text: string): FormatFault {
  try {
    parseResults("f", text, "auto");
  } catch (error) {
    if (error instanceof FormatFault) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a file that is more than one JSON document", () => {
  it.each([
    ["one after the other", `${google("A", 1)}\n${google("B", 2)}\n`],
    ["without a line break between", `${google("A", 1)}${google("B", 2)}`],
    ["with the build's log around", `$ make\n[INFO] {x\n[2/5] ok\n${google("A", 1)}\r\nran A\n  ${google("B", 2)}\nDone in 3s.\n[done]\n`],
    ["with a log of JSON lines", `{"level":30,"msg":"start"}\n${google("A", 1)}\n["x"] is odd\n${google("B", 2)}\n{"level":30}\n`],
  ])("%s", (_, text) => {
    expect(names(text)).toEqual(["A 1000", "B 2000"]);
  });

  it("the same benchmark in two documents has two values", () => {
    expect(names(`${google("A", 1)}\n${google("A", 3)}`)).toEqual(["A 1000 3000"]);
  });

  it("bare NaN of either sign and infinities are failures of their row only", () => {
    const text = google("A", 1).replace('"real_time": 1', '"real_time": -NaN');
    const { measures } = parseResults("f", text, "auto");
    expect(measures.map(({ metric, failed }) => `${metric}: ${failed ?? "read"}`)).toEqual([
      "time: its value is no finite number",
      "cpu time: read",
    ]);
  });
});

describe("a file that cannot be read says where", () => {
  const cut = google("B", 2).slice(0, -40);
  it.each([
    ["cut off", cut, cut.split("\n").length],
    ["whose second document is cut off", `${google("A", 1)}\n${cut}`, google("A", 1).split("\n").length + cut.split("\n").length],
    ["with a slip", google("A", 1).replace('"context": {}', '"context": {,}'), 2],
    [
      "with NaN above a slip",
      google("A", 1).replace("1,", "NaN,").replace(': "us"', ": us"),
      google("A", 1)
        .split("\n")
        .findIndex((line) => line.includes("time_unit")) + 1,
    ],
  ])("%s", (_, text, line) => {
    expect(faultOf(text)).toMatchObject({ line, message: expect.stringContaining("only the beginning") });
  });

  it.each([
    ["a page", "\n<!-- proxy -->\n<!DOCTYPE html>\n<html><body>503</body></html>", "web page"],
    ["UTF-16", google("A", 1).replace(/(.)/g, "$1\u0000"), "UTF-16"],
    ["a log alone", "[INFO] a {\n{not json}\n", "no format that is known"],
    ["objects of no format", '{"level":30}\n{"level":40}\n', "no format that is known or asked for"],
  ])("%s", (_, text, why) => {
    expect(faultOf(text).message).toContain(why);
  });

  it("lines that only look like beginnings cost no second look", () => {
    expect(faultOf("[x\n".repeat(300_000)).message).toContain("no format that is known");
    expect(faultOf("\n".repeat(1_000_000)).message).toContain("is empty");
  });
});
