import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseResults } from "../../../actions/benchmark-compare/src/formats/detect.ts";
import { root } from "../../bundles/harness.ts";

/** `name | metric | values unit direction` of every measure. */
function read(text: string, tool = "auto"): { format: string; lines: string[] } {
  const { format, measures } = parseResults("results", text, tool);
  return {
    format,
    lines: measures.map(({ name, metric, unit, direction, exact, values, failed }) =>
      failed === undefined
        ? `${name} | ${metric} | ${values.map((value) => Number(value.toPrecision(9))).join(" ")} ${unit} ${direction}${exact ? " exact" : ""}`
        : `${name} | failed: ${failed}`,
    ),
  };
}

const fixture = (name: string): string => readFileSync(join(root, "test", "fixtures", "benchmarks", name), "utf8");
const json = JSON.stringify;

const cases: readonly (readonly [format: string, text: string, lines: readonly string[]])[] = [
  [
    "go",
    "goos: linux\npkg: a/b\nBenchmarkX-8   \t100\t 1.5 ns/op\t 2 MB/s\t 3 B/op\t 4 allocs/op\t 5 frobs/op\nBenchmarkX-8 100 2.5 ns/op\n--- BENCH: BenchmarkX-8\nPASS\nok a/b 1s\n",
    [
      "BenchmarkX | time | 1.5 2.5 ns lower",
      "BenchmarkX | throughput | 2000000 B/s higher",
      "BenchmarkX | bytes | 3 B lower exact",
      "BenchmarkX | allocations | 4 allocs/op lower exact",
      "BenchmarkX | frobs/op | 5 frobs/op lower",
    ],
  ],
  [
    "go",
    "Unit frobs better=higher assume=exact\nBenchmarkX 10 5 frobs\nBenchmarkX-4 10 6 frobs\n",
    ["BenchmarkX | frobs | 5 frobs higher exact", "BenchmarkX-4 | frobs | 6 frobs higher exact"],
  ],
  [
    "go",
    [
      { Action: "output", Package: "p", Test: "BenchmarkX", Output: "BenchmarkX\n" },
      { Action: "output", Package: "p", Output: "BenchmarkX-2 \t" },
      { Action: "output", Package: "q", Output: "BenchmarkY-2 \t" },
      { Action: "output", Package: "p", Output: " 100\t 7 ns/op\n" },
      { Action: "output", Package: "q", Output: " 100\t 8 ns/op\n" },
    ]
      .map((event) => json(event))
      .join("\n"),
    ["BenchmarkX | time | 7 ns lower", "BenchmarkY | time | 8 ns lower"],
  ],
  [
    "cargo",
    "running 2 tests\ntest \u001b[1mparse\u001b[0m ... bench:   1,234.5 ns/iter (+/- 67) = 89 MB/s\ntest b ... bench: 2 us/iter (+/- 1)\n",
    ["parse | time | 1234.5 ns lower", "parse | throughput | 89000000 B/s higher", "b | time | 2000 ns lower"],
  ],
  [
    "pytest",
    json({
      machine_info: { cpu: { brand_raw: "C" } },
      benchmarks: [{ name: "t", fullname: "a.py::t", stats: { mean: 0.2, median: 0.1, data: [] } }],
    }),
    ["a.py::t | time | 100000000 ns lower"],
  ],
  [
    "google",
    json({
      context: {},
      benchmarks: [
        {
          name: "A/8",
          run_name: "A/8",
          run_type: "iteration",
          repetition_index: 0,
          real_time: 1,
          cpu_time: 2,
          time_unit: "us",
          bytes_per_second: 5,
          iterations: 9,
        },
        {
          name: "A/8",
          run_name: "A/8",
          run_type: "iteration",
          repetition_index: 1,
          real_time: 3,
          cpu_time: 4,
          time_unit: "us",
          bytes_per_second: 6,
          iterations: 9,
        },
        {
          name: "A/8_cv",
          run_name: "A/8",
          run_type: "aggregate",
          aggregate_name: "cv",
          aggregate_unit: "percentage",
          real_time: 0.5,
          cpu_time: 0.5,
          time_unit: "us",
        },
        { name: "B", run_name: "B", run_type: "iteration", error_occurred: true, error_message: "broke" },
      ],
    }),
    ["A/8 | time | 1000 3000 ns lower", "A/8 | cpu time | 2000 4000 ns lower", "A/8 | throughput | 5 6 B/s higher", "B | failed: broke"],
  ],
  [
    "google",
    json({
      context: {},
      benchmarks: ["mean", "median", "stddev", "cv"].map((kind, index) => ({
        name: `A_${kind}`,
        real_time: index + 1,
        cpu_time: 9,
        time_unit: "ms",
      })),
    }),
    ["A | time | 2000000 ns lower", "A | cpu time | 9000000 ns lower"],
  ],
  [
    "jmh",
    json([
      {
        benchmark: "o.B.x",
        mode: "thrpt",
        params: { size: "10", kind: "a" },
        primaryMetric: {
          score: 5,
          scoreUnit: "ops/ms",
          rawData: [
            [4, 5, 9],
            [6, 6, 6],
          ],
        },
      },
      { benchmark: "o.B.x", mode: "avgt", primaryMetric: { score: 7, scoreError: "NaN", scoreUnit: "us/op", rawData: [[7]] } },
      {
        benchmark: "o.B.s",
        mode: "sample",
        primaryMetric: {
          score: 3,
          scoreUnit: "ns/op",
          rawDataHistogram: [
            [
              [
                [1, 1],
                [2, 5],
              ],
            ],
          ],
        },
      },
      { benchmark: "o.B.n", mode: "ss", primaryMetric: { score: "NaN", scoreUnit: "s/op", rawData: [["NaN"]] } },
    ]),
    [
      "o.B.x thrpt (kind=a, size=10) | score | 5000 6000 ops/s higher",
      "o.B.x avgt | score | 7000 ns lower",
      "o.B.s sample | score | 2 ns lower",
      "o.B.n ss | failed: its value is no finite number",
    ],
  ],
  [
    "benchmarkdotnet",
    json({
      HostEnvironmentInfo: { ProcessorName: "P" },
      Benchmarks: [
        { FullName: "N.T.M", Statistics: { Median: 5, Mean: 6, OriginalValues: [5] }, Memory: { BytesAllocatedPerOperation: 24 } },
        { FullName: "N.T.F", Statistics: null },
        {
          FullName: "N.T.L",
          Statistics: { Median: 1 },
          Measurements: [1, 2].flatMap((LaunchIndex) => [
            { IterationMode: "Workload", IterationStage: "Actual", LaunchIndex, Nanoseconds: 100, Operations: 1 },
            { IterationMode: "Workload", IterationStage: "Result", LaunchIndex, Nanoseconds: 20 * LaunchIndex, Operations: 2 },
          ]),
        },
      ],
    }),
    [
      "N.T.M | time | 5 ns lower",
      "N.T.M | bytes | 24 B lower exact",
      "N.T.F | failed: it has no statistics",
      "N.T.L | time | 10 20 ns lower",
    ],
  ],
  [
    "hyperfine",
    json({
      results: [
        { command: "sleep 1", median: 1, times: [1, 1.5], exit_codes: [0, 0] },
        { command: "false", mean: 1, times: [1], exit_codes: [1] },
        { command: "x", mean: 2, median: 2, times: null, parameters: { size: "3" } },
      ],
    }),
    [
      "sleep 1 | time | 1000000000 1500000000 ns lower",
      "false | failed: it ended with exit code 1",
      "x (size=3) | time | 2000000000 ns lower",
    ],
  ],
  [
    "vitest",
    json({
      files: [
        {
          filepath: "/home/x/a.bench.ts",
          groups: [{ fullName: "a.bench.ts > g", benchmarks: [{ name: "n", mean: 2, median: 1, hz: 1000, samples: [], sampleCount: 5 }] }],
        },
      ],
    }),
    ["a.bench.ts > g > n | time | 1000000 ns lower", "a.bench.ts > g > n | throughput | 1000 ops/s higher"],
  ],
  [
    "vitest",
    json({
      testResults: [
        {
          name: "/home/x/a.bench.ts",
          assertionResults: [
            {
              fullName: "g t",
              status: "passed",
              benchmarks: [{ name: "b", tasks: [{ name: "n", rank: 1, latency: { mean: 3, p50: 2 }, throughput: { mean: 1, p50: 500 } }] }],
            },
          ],
        },
      ],
    }),
    ["a.bench.ts > b > n | time | 2000000 ns lower", "a.bench.ts > b > n | throughput | 500 ops/s higher"],
  ],
  [
    "tinybench",
    json([
      { name: "t", result: { latency: { p50: 1, mean: 9 }, throughput: { p50: 1000 } } },
      { name: "e", result: { state: "errored", error: {} } },
    ]),
    ["t | time | 1000000 ns lower", "t | throughput | 1000 ops/s higher", "e | failed: it ended with an error"],
  ],
  [
    "mitata",
    `clk: ~3 GHz\n${json({ context: { cpu: { name: "C", freq: 3 } }, benchmarks: [{ alias: "s", runs: [{ name: "s", stats: { avg: 9, p50: 4 } }] }] })}`,
    ["s | time | 4 ns lower"],
  ],
  [
    "deno",
    json({
      version: 1,
      runtime: "Deno/2",
      cpu: "C",
      benches: [
        { origin: "file:///x/a.ts", group: "g", name: "n", results: [{ ok: { n: 1, avg: 12 } }] },
        { origin: "file:///x/a.ts", name: "f", results: [{ failed: {} }] },
      ],
    }),
    ["a.ts/g/n | time | 12 ns lower", "a.ts/f | failed: it ended with an error"],
  ],
  [
    "catch2",
    '<?xml version="1.0"?><Catch2TestRun><TestCase name="T &amp; C"><Section name="S"><BenchmarkResults name="b" samples="9"><!-- all in nanoseconds --><mean value="12.5" lowerBound="1" upperBound="2" ci="0.95"/><standardDeviation value="1"/></BenchmarkResults></Section></TestCase></Catch2TestRun>',
    ["T & C/S/b | time | 12.5 ns lower"],
  ],
  [
    "catch2",
    "benchmark name                       samples       iterations    est run time\n                                     mean          low mean      high mean\n                                     std dev       low std dev   high std dev\n-------------------------------------------------------------------------------\nFibonacci 20                                   100             2     8.4318 ms \n                                        43.186 us    41.402 us    46.246 us \n                                         11.7 us      7.18 us      17.4 us \n                                                                              \nAnother                                        100             2     8.4 ms \n                                        3 ms    2 ms    4 ms \n                                         1 ns      1 ns      1 us \n",
    ["Fibonacci 20 | time | 43186 ns lower", "Another | time | 3000000 ns lower"],
  ],
  [
    "julia",
    json([
      { Julia: "1.10" },
      [
        [
          "BenchmarkGroup",
          {
            data: {
              a: ["BenchmarkGroup", { data: { b: ["Trial", { times: [3, 1, 2], gctimes: [], memory: 16, allocs: 1 }] } }],
              c: ["TrialEstimate", { time: 5, gctime: 0, memory: 0, allocs: 0 }],
            },
          },
        ],
      ],
    ]),
    [
      "a/b | time | 2 ns lower",
      "a/b | bytes | 16 B lower exact",
      "a/b | allocations | 1 allocs lower exact",
      "c | time | 5 ns lower",
      "c | bytes | 0 B lower exact",
      "c | allocations | 0 allocs lower exact",
    ],
  ],
  [
    "asv",
    '{"result_columns":["result","params","version","stats_ci_99_a"],"params":{"cpu":"C"},"results":{"a.time_x":[[0.5,null],[["1","2"]],"v",[-Infinity,NaN]],"a.peakmem_y":[[2048],[]]}}',
    ["a.time_x(1) | time | 500000000 ns lower", "a.time_x(2) | failed: it has no result", "a.peakmem_y | value | 2048 B lower exact"],
  ],
  [
    "k6",
    json({
      metrics: {
        http_req_duration: { avg: 1.5, "p(95)": 3 },
        http_req_failed: { value: 0.1, passes: 1, fails: 9 },
        http_reqs: { count: 10, rate: 5 },
      },
    }),
    [
      "http_req_duration | avg | 1500000 ns lower",
      "http_req_duration | p(95) | 3000000 ns lower",
      "http_req_failed | rate | 0.1  lower",
      "http_reqs | rate | 5 req/s higher",
    ],
  ],
  [
    "k6",
    json({
      metrics: {
        waiting: { type: "trend", contains: "time", values: { med: 2 } },
        checks: { type: "rate", contains: "default", values: { rate: 1, passes: 2, fails: 0 } },
      },
    }),
    ["waiting | med | 2000000 ns lower", "checks | rate | 1  higher"],
  ],
  [
    "k6",
    `${json({ type: "Metric", metric: "d", data: { type: "trend", contains: "time" } })}\n${[3, 1, 2].map((value) => json({ type: "Point", metric: "d", data: { value } })).join("\n")}\n`,
    ["d | med | 2000000 ns lower"],
  ],
  [
    "locust",
    'Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Requests/s,Failures/s,50%,99%\nGET,"/a,b",10,0,5,6.5,2.5,0.0,5,N/A\n,Aggregated,10,0,5,6.5,2.5,0.0,5,9\n',
    [
      "GET /a,b | median | 5000000 ns lower",
      "GET /a,b | average | 6500000 ns lower",
      "GET /a,b | 50% | 5000000 ns lower",
      "GET /a,b | requests/s | 2.5 req/s higher",
      "GET /a,b | failures/s | 0  lower",
      "GET /a,b | failure count | 0  lower",
      "Aggregated | median | 5000000 ns lower",
      "Aggregated | average | 6500000 ns lower",
      "Aggregated | 50% | 5000000 ns lower",
      "Aggregated | 99% | 9000000 ns lower",
      "Aggregated | requests/s | 2.5 req/s higher",
      "Aggregated | failures/s | 0  lower",
      "Aggregated | failure count | 0  lower",
    ],
  ],
  [
    "vegeta",
    json({ latencies: { mean: 5, "50th": 4, max: 9 }, rate: 10, throughput: 9.5, success: 1 }),
    [
      "latency | mean | 5 ns lower",
      "latency | 50th | 4 ns lower",
      "latency | max | 9 ns lower",
      "throughput | throughput | 9.5 req/s higher",
      "rate | rate | 10  none",
      "success | success | 1  higher",
    ],
  ],
  [
    "wrk",
    "Running 1s test @ http://h/\n  2 threads and 10 connections\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency   635.91us    0.89ms  12.92ms   93.69%\n    Req/Sec    56.20k     8.07k   62.00k    86.54%\n  Latency Distribution\n     50%  250.00us\n     99%    1.50ms\n  Non-2xx or 3xx responses: 3\nRequests/sec: 748868.53\nTransfer/sec:    606.33MB\n",
    [
      "http://h/ | latency average | 635910 ns lower",
      "http://h/ | latency p50 | 250000 ns lower",
      "http://h/ | latency p99 | 1500000 ns lower",
      "http://h/ | requests | 748868.53 req/s higher",
      "http://h/ | transfer | 635783086 B/s higher",
      "http://h/ | other than 2xx or 3xx | 3  lower",
    ],
  ],
  [
    "autocannon",
    json({
      url: "http://h",
      latency: { average: 0.01, p50: 0, p99: 2 },
      requests: { average: 100 },
      throughput: { average: 2000 },
      errors: 0,
      timeouts: 0,
      non2xx: 0,
    }),
    [
      "http://h | latency p99 | 2000000 ns lower",
      "http://h | requests | 100 req/s higher",
      "http://h | throughput | 2000 B/s higher",
      "http://h | errors | 0  lower",
      "http://h | timeouts | 0  lower",
      "http://h | non2xx | 0  lower",
    ],
  ],
  [
    "benchmarkjs",
    "fib(10) x 1,431,759 ops/sec ±0.74% (93 runs sampled)\na x b x 2.5 ops/sec ±1% (1 run sampled)\n",
    ["fib(10) | throughput | 1431759 ops/s higher", "a x b | throughput | 2.5 ops/s higher"],
  ],
  [
    "custom",
    json([
      { name: "a", unit: "Percent", value: "5.5", range: "±1" },
      { name: "b", unit: "ms", value: 2 },
      { name: "c", unit: "x", value: null },
      { name: "d", unit: "y", value: 1, better: "bigger" },
    ]),
    [
      "a | value | 5.5 Percent lower",
      "b | value | 2000000 ns lower",
      "c | failed: its value is no finite number",
      "d | value | 1 y higher",
    ],
  ],
  [
    "bmf",
    json({ a: { latency: { value: 5, lower_value: 4 }, throughput: { value: 6 }, odd: { value: 7 } } }),
    ["a | latency | 5 ns lower", "a | throughput | 6 ops/s higher", "a | odd | 7  lower"],
  ],
  [
    "data-js",
    `window.BENCHMARK_DATA = ${json({ lastUpdate: 1, entries: { S: [{ commit: { id: "a" }, date: 1, tool: "go", benches: [{ name: "n", value: 1, unit: "ns/op" }] }] } })};`,
    ["n | time | 1 ns lower"],
  ],
  [
    "forge",
    json({
      schema: "forge-benchmarks/1",
      benchmarks: [
        { name: "n", metric: "m", unit: "KiB", values: [1, 2] },
        { name: "o", unit: "q", direction: "higher", value: 3 },
      ],
    }),
    ["n | m | 1024 2048 B lower exact", "o | value | 3 q higher"],
  ],
];

describe("formats", () => {
  it.each(cases)("%s is told by its content and read exactly", (format, text, lines) => {
    expect(read(text)).toEqual({ format, lines });
    expect(read(text, format).lines).toEqual(lines);
    expect(read(`\ufeff${text.replaceAll("\n", "\r\n")}`).lines.length).toBe(lines.length);
  });

  it("bigger is better where the tool says so and the unit does not know better", () => {
    const text = json([
      { name: "a", unit: "points", value: 5 },
      { name: "b", unit: "ms", value: 5 },
    ]);
    expect(read(text, "customBiggerIsBetter").lines).toEqual(["a | value | 5 points higher", "b | value | 5000000 ns lower"]);
  });

  it("go test's own output, as text and as events", () => {
    const text = read(fixture("go.txt"));
    expect(text.lines.filter((line) => line.startsWith("BenchmarkJoin/size=10 | time |"))).toHaveLength(1);
    expect(text.lines).toHaveLength(8);
    expect(text.lines[0]?.split(" | ")[2]?.split(" ")).toHaveLength(5);
    expect(read(fixture("go.json")).lines.map((line) => line.split(" | ").slice(0, 2))).toEqual(
      text.lines.map((line) => line.split(" | ").slice(0, 2)),
    );
  });

  it.each([
    [
      "vitest-5.json",
      "vitest",
      ["a.bench.js > group > sums > sum | time | 270 ns lower", "a.bench.js > group > sums > sum | throughput | 3703703.7 ops/s higher"],
    ],
    [
      "tinybench.json",
      "tinybench",
      ["sum | time | 271 ns lower", "sum | throughput | 3690036.9 ops/s higher", "breaks | failed: it ended with an error"],
    ],
    ["mitata.txt", "mitata", undefined],
  ])("%s, as the tool wrote it", (name, format, lines) => {
    const told = read(fixture(name));
    expect(told.format).toBe(format);
    if (lines === undefined) expect(told.lines).toEqual([expect.stringMatching(/^sum \| time \| 2\d\d\.\d+ ns lower$/)]);
    else expect(told.lines).toEqual(lines);
  });

  it.each([
    ["", "is empty"],
    ["  \n", "is empty"],
    ["<!DOCTYPE html><html></html>", "web page"],
    ["hello", "no format that is known"],
    ["[]", "holds no benchmark"],
    ["{}", "no format that is known"],
    ['{"benchmarks": [\n{"name": "x",\n', "only the beginning"],
    ['{"context": {}, "benchmarks": []}', "holds no benchmark"],
  ])("%j is refused", (text, why) => {
    expect(() => parseResults("f", text, "auto")).toThrow(why);
  });
});
