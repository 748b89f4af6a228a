const json = JSON.stringify;

/** A format, what its tool writes, and what is read of it. */
export const microCases: readonly (readonly [format: string, text: string, lines: readonly string[]])[] = [
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
];
