import { describe, expect, it } from "vitest";
import { parseResults } from "../../../actions/benchmark-compare/src/formats/detect.ts";

/** `name | metric | values unit direction` of every measure, or why it failed. */
function read(text: string): { format: string; lines: string[] } {
  const { format, measures } = parseResults("results", text, "auto");
  return {
    format,
    lines: measures.map(({ name, metric, unit, direction, exact, values, failed }) =>
      failed === undefined
        ? `${name} | ${metric} | ${values.map((value) => Number(value.toPrecision(9))).join(" ")} ${unit} ${direction}${exact ? " exact" : ""}`
        : `${name} | ${metric} failed: ${failed}`,
    ),
  };
}

const lined = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;
const json = JSON.stringify;
const rule = "-".repeat(79);
const tableHead = [
  "benchmark name                       samples       iterations    est run time",
  "                                     mean          low mean      high mean",
  "                                     std dev       low std dev   high std dev",
  rule,
];
const fibonacci = (mean: string): string[] => [
  "fib 20                                         100             2     8.4318 ms ",
  `                                        ${mean}    41.402 us    46.246 us `,
  "                                         11.7 us      7.18 us      17.4 us ",
];

const iteration = (name: string, more: object = {}) => ({
  ...{ name, run_name: name, run_type: "iteration", repetitions: 1, repetition_index: 0, threads: 1, iterations: 9 },
  ...{ real_time: 5, cpu_time: 4, time_unit: "ns", ...more },
});
const aggregate = (name: string, kind: string, value: number) => ({
  ...{ name: `${name}_${kind}`, run_name: name, run_type: "aggregate", aggregate_name: kind, threads: 1, iterations: 3 },
  ...{ real_time: value, cpu_time: value, time_unit: "us" },
});

const cases: readonly (readonly [what: string, format: string, text: string, lines: readonly string[]])[] = [
  [
    "go: sub-benchmarks, own metrics, what a benchmark prints, failures, a line cut off",
    "go",
    lined(
      "goos: linux",
      "goarch: amd64",
      "pkg: example.com/a",
      "cpu: AMD EPYC 7763",
      "BenchmarkParse/size-8-8 \t 500\t 2345 ns/op\t 12.50 p99-ns\t 0.5 hits/op",
      "BenchmarkParse/size-8-8 \t 500\t 2355 ns/op\t 12.70 p99-ns\t 0.6 hits/op",
      "BenchmarkPärse/日本-8 \t 500\t 0.25 ns/op",
      "BenchmarkLog-8   \thello 5 times",
      "  100\t 99.5 ns/op",
      "BenchmarkNan-8 \t 100\t NaN ns/op",
      "--- FAIL: BenchmarkBroken-8",
      "    x_test.go:12: boom",
      "BenchmarkCut-8 \t 100\t 45",
      "PASS",
    ),
    [
      "BenchmarkParse/size-8 | time | 2345 2355 ns lower",
      "BenchmarkParse/size-8 | p99-ns | 12.5 12.7 p99-ns lower",
      "BenchmarkParse/size-8 | hits/op | 0.5 0.6 hits/op lower",
      "BenchmarkPärse/日本 | time | 0.25 ns lower",
      "BenchmarkLog | time | 99.5 ns lower",
      "BenchmarkNan | time failed: its value is no finite number",
      "BenchmarkBroken | time failed: it failed",
      "BenchmarkCut | time failed: its line ends in the middle",
    ],
  ],
  [
    "go test -json behind other output, with a build event first",
    "go",
    lined(
      "go: downloading example.com/x v1.0.0",
      json({ ImportPath: "a/b", Action: "build-output", Output: "# a/b\n" }),
      json({ Time: "2026-11-20T10:00:00Z", Action: "start", Package: "a/b" }),
      json({ Time: "2026-11-20T10:00:00Z", Action: "output", Package: "a/b", Test: "BenchmarkX", Output: "BenchmarkX-8   \t" }),
      json({ Time: "2026-11-20T10:00:00Z", Action: "output", Package: "a/b", Test: "BenchmarkX", Output: " 100\t 12.5 ns/op\n" }),
    ),
    ["BenchmarkX | time | 12.5 ns lower"],
  ],
  [
    "criterion's own text, with both letters for micro, and picoseconds",
    "criterion",
    lined(
      "     Running benches/b.rs (target/release/deps/b-1)",
      "Benchmarking fib 20: Warming up for 3.0000 s",
      "fib 20                  time:   [26.029 µs 26.251 µs 26.505 µs]",
      "                        change: [-11.526% -8.9211% -5.9815%] (p = 0.00 < 0.05)",
      "                        Performance has improved.",
      "a group/with a long name/1024",
      "                        time:   [412.30 ps 415.00 ps 420.00 ps]",
      "                        thrpt:  [2.3810 Gelem/s 2.4096 Gelem/s 2.4254 Gelem/s]",
      "bytes/1                 time:   [1.0000 μs 1.1000 μs 1.2000 μs]",
      "                        thrpt:  [1.0000 KiB/s 2.0000 KiB/s 3.0000 KiB/s]",
    ),
    [
      "fib 20 | time | 26251 ns lower",
      "a group/with a long name/1024 | time | 0.415 ns lower",
      "a group/with a long name/1024 | throughput | 2.4096e+9 items/s higher".replace("2.4096e+9", "2409600000"),
      "bytes/1 | time | 1100 ns lower",
      "bytes/1 | throughput | 2048 B/s higher",
    ],
  ],
  [
    "cargo-criterion's messages",
    "criterion",
    lined(
      json({ reason: "compiler-artifact", target: {} }),
      json({ reason: "benchmark-complete", id: "fib/20", unit: "ns", typical: { estimate: 10.5 }, median: { estimate: 10.4 } }),
      json({ reason: "group-complete", group_name: "fib", benchmarks: ["fib/20"] }),
    ),
    ["fib/20 | time | 10.4 ns lower"],
  ],
  [
    "Google Benchmark: benchmarks with aggregates alone beside others, complexity, skipped ones, memory",
    "google",
    json({
      context: { library_version: "v1.9.4", json_schema_version: 1 },
      benchmarks: [
        iteration("A/8/threads:2", { Foo: 3 }),
        aggregate("A/8/threads:2", "mean", 99),
        ...["mean", "median", "stddev", "cv"].map((kind, index) => aggregate("Only", kind, index + 1)),
        aggregate("NoMedian", "mean", 7),
        {
          name: "C_BigO",
          run_name: "C",
          run_type: "aggregate",
          aggregate_name: "BigO",
          real_coefficient: 1.2,
          big_o: "N",
          time_unit: "ns",
        },
        { name: "C_RMS", run_name: "C", run_type: "aggregate", aggregate_name: "RMS", rms: 0.02 },
        iteration("Skip", { skipped: true, skip_message: "no gpu", real_time: 0 }),
        iteration("Memory", { allocs_per_iter: 2, max_bytes_used: 1024 }),
      ],
    }),
    [
      "A/8/threads:2 | time | 5 ns lower",
      "A/8/threads:2 | cpu time | 4 ns lower",
      "A/8/threads:2 | Foo | 3  none",
      "Skip | time failed: no gpu",
      "Memory | time | 5 ns lower",
      "Memory | cpu time | 4 ns lower",
      "Memory | allocations | 2 allocs lower exact",
      "Memory | bytes | 1024 B lower exact",
      "Only | time | 2000 ns lower",
      "Only | cpu time | 2000 ns lower",
      "NoMedian | time | 7000 ns lower",
      "NoMedian | cpu time | 7000 ns lower",
    ],
  ],
  [
    "JMH with the collector's metrics: more allocated in a second is neither better nor worse",
    "jmh",
    json([
      {
        benchmark: "o.B.a",
        mode: "avgt",
        primaryMetric: { score: 10, scoreError: "NaN", scoreUnit: "µs/op", rawData: [[10]] },
        secondaryMetrics: {
          "gc.alloc.rate": { score: 100, scoreUnit: "MB/sec", rawData: [[100]] },
          "·gc.alloc.rate.norm": { score: 24, scoreUnit: "B/op", rawData: [[24]] },
          "gc.count": { score: 5, scoreUnit: "counts", rawData: [[5]] },
          "·stack": { score: "NaN", scoreUnit: "---", rawData: [["NaN"]] },
        },
      },
    ]),
    [
      "o.B.a avgt | score | 10000 ns lower",
      "o.B.a avgt | gc.alloc.rate | 100000000 B/s none",
      "o.B.a avgt | gc.alloc.rate.norm | 24 B lower exact",
      "o.B.a avgt | gc.count | 5 counts none",
    ],
  ],
  [
    "BenchmarkDotNet: one method under two jobs",
    "benchmarkdotnet",
    json({
      HostEnvironmentInfo: {},
      Benchmarks: [
        { DisplayInfo: "T.M: Job-ABCDEF(Runtime=.NET 8.0) [N=10]", FullName: "N.T.M(N: 10)", Statistics: { Median: 10 }, Memory: {} },
        { DisplayInfo: "T.M: .NET 9.0(Runtime=.NET 9.0) [N=10]", FullName: "N.T.M(N: 10)", Statistics: { Median: 5 }, Memory: {} },
        { DisplayInfo: "T.X: DefaultJob", FullName: "N.T.X", Statistics: null, Memory: { BytesAllocatedPerOperation: 0 } },
      ],
    }),
    [
      "N.T.M(N: 10) (Runtime=.NET 8.0) | time | 10 ns lower",
      "N.T.M(N: 10) .NET 9.0(Runtime=.NET 9.0) | time | 5 ns lower",
      "N.T.X | time failed: it has no statistics",
    ],
  ],
  [
    "hyperfine: one command with two parameters, memory, a signal",
    "hyperfine",
    json({
      results: [
        { command: "echo 12", times: [1], exit_codes: [0], parameters: { n: "1" } },
        { command: "echo 12", times: [2], exit_codes: [0], parameters: { n: "2" } },
        { command: "x", times: [1, 1.5], memory_usage_byte: [1024, 2048], exit_codes: [0, 0] },
        { command: "y", times: [1, 1], memory_usage_byte: [1, 1], exit_codes: [0, null] },
      ],
    }),
    [
      "echo 12 (n=1) | time | 1000000000 ns lower",
      "echo 12 (n=2) | time | 2000000000 ns lower",
      "x | time | 1000000000 1500000000 ns lower",
      "x | memory | 1024 2048 B lower",
      "y | time failed: it was ended by a signal",
    ],
  ],
  [
    "Vitest 5: a file that could not be run",
    "vitest",
    json({
      testResults: [
        { name: "/x/broken.bench.ts", status: "failed", message: "Cannot find module", assertionResults: [] },
        {
          name: "/x/a.bench.ts",
          status: "passed",
          assertionResults: [{ fullName: "t", status: "passed", benchmarks: [{ name: "t", tasks: [{ name: "n", latency: { p50: 2 } }] }] }],
        },
      ],
    }),
    ["broken.bench.ts | time failed: the file could not be run", "a.bench.ts > t > n | time | 2000000 ns lower"],
  ],
  [
    "oha",
    "oha",
    json({
      summary: { successRate: 0.99, average: 0.0025, requestsPerSec: 2000.5, sizePerSec: 20000 },
      latencyPercentiles: { p10: 0.001, p50: 0.002, p99: null },
    }),
    [
      "oha | latency average | 2500000 ns lower",
      "oha | latency p50 | 2000000 ns lower",
      "oha | requests | 2000.5 req/s higher",
      "oha | transfer | 20000 B/s higher",
      "oha | success rate | 0.99  higher",
    ],
  ],
  [
    "asv: a class whose name begins like a tracker, results that are not there",
    "asv",
    '{"result_columns":["result","params"],"results":{"b.TrackMem.time_x":[[0.001],[]],"b.S.track_len":[[5]],"b.time_nan":[[NaN,0.2],[["1","2"]]],"b.time_gone":null}}',
    [
      "b.TrackMem.time_x | time | 1000000 ns lower",
      "b.S.track_len | value | 5  lower",
      "b.time_nan(1) | time failed: it has no result",
      "b.time_nan(2) | time | 200000000 ns lower",
      "b.time_gone | time failed: it has no result",
    ],
  ],
  [
    "BenchmarkTools with the module in its names",
    "julia",
    json([
      { Julia: "1.11.1" },
      [["BenchmarkTools.BenchmarkGroup", { data: { '("x", 1)': ["BenchmarkTools.Trial", { times: [3, 1], params: [] }] }, tags: [] }]],
    ]),
    ['("x", 1) | time | 2 ns lower'],
  ],
  [
    "Catch2's console: one name in two test cases",
    "catch2",
    lined(
      ...["", rule, "Fibonacci", "  small", rule, "/x/b.cpp:10", ".".repeat(79), "", ...tableHead, ...fibonacci("43.186 us")],
      ...["", rule, "Other", rule, "/x/b.cpp:20", ".".repeat(79), "", ...tableHead, ...fibonacci("1.5 ns"), "=".repeat(79)],
    ),
    ["Fibonacci/small/fib 20 | time | 43186 ns lower", "Other/fib 20 | time | 1.5 ns lower"],
  ],
  [
    "bench-node, which gives no error beside the rate",
    "benchmarkjs",
    "delete property x 7,736,869 ops/sec (10 runs sampled) v8-never-optimize=true min..max=(127.65ns...129.69ns)\n",
    ["delete property | throughput | 7736869 ops/s higher"],
  ],
  [
    "Luau's runner",
    "benchmarkluau",
    "FAILED: nothing\nSUCCESS: base64 : 14.041ms +/- 1.455% on luau\n",
    ["base64 | time | 14041000 ns lower"],
  ],
  [
    "custom: both letters for micro are one unit",
    "custom",
    json([
      { name: "a", unit: "\u03bcs", value: 1.5 },
      { name: "a", unit: "\u00b5s/op", value: "2.5" },
      { name: "🦀 | `x` @me", unit: "Melem/s", value: 2 },
    ]),
    ["a | value | 1500 2500 ns lower", "🦀 | `x` @me | value | 2000000 items/s higher"],
  ],
];

describe("what tools of today write", () => {
  it.each(cases)("%s", (_, format, text, lines) => {
    expect(read(text)).toEqual({ format, lines });
    expect(read(text.replaceAll("\n", "\r\n")).lines).toEqual(lines);
  });

  it("Catch2's XML that ends in the middle is refused, with the line", () => {
    const text = '<?xml version="1.0"?>\n<Catch2TestRun>\n<TestCase name="F">\n<BenchmarkResults name="b" samp';
    expect(() => read(text)).toThrow(
      expect.objectContaining({ message: expect.stringContaining("only the beginning of a report"), line: 4 }),
    );
  });

  it("an item without a name is refused", () => {
    expect(() =>
      read(
        json([
          { name: "a", unit: "ms", value: 1 },
          { unit: "ms", value: 2 },
        ]),
      ),
    ).toThrow("has no name in item 2");
  });
});
