import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readWrk } from "../../bench/wrk.ts";
import { LocalError } from "../../local/lib/failure.ts";

/** As wrk 4.1.0 prints it. */
const output = (more = "") => `Running 2s test @ http://10.244.0.27:80/abc
  1 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    10.61ms    3.50ms  40.05ms   79.96%
    Req/Sec     0.95k   111.60     1.10k    70.00%
  Latency Distribution
     50%  950.00us
     75%   12.14ms
     90%   14.66ms
     99%    1.25s 
  1897 requests in 2.00s, 0.93MB read
${more}Requests/sec:    947.53
Transfer/sec:    474.69KB
`;

describe("What wrk prints", () => {
  it("is read in requests per second and milliseconds, whatever its units", () => {
    assert.deepEqual(readWrk(output()), { throughput: 947.53, p50: 0.95, p99: 1250 });
  });

  for (const trouble of [
    "Non-2xx or 3xx responses: 12",
    "Socket errors: connect 0, read 3, write 0, timeout 0",
  ])
    it(`is no figure when it says "${trouble}"`, () => {
      assert.throws(
        () => readWrk(output(`  ${trouble}\n`)),
        new LocalError(`Not every redirect succeeded: ${trouble}`),
      );
    });

  it("is no figure when nothing was answered", () => {
    const none = output().replace("947.53", "0.00");
    assert.throws(() => readWrk(none), new LocalError("No redirect was answered."));
  });
});
