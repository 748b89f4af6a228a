const json = JSON.stringify;

/** A format, what its tool writes, and what is read of it. */
export const loadCases: readonly (readonly [format: string, text: string, lines: readonly string[]])[] = [
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
