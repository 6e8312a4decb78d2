import { afterEach, beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMENT_MARKER } from "../../ci/comment.ts";
import { DRIFT_MARKER, DRIFT_TITLE } from "../../ci/drift.ts";
import { runProgram, startProgram } from "../support/program.ts";
import { path } from "./support/events.ts";

const bot = { login: "github-actions[bot]" };
const TOKEN = "ghs_canary";

interface Written {
  request: string;
  body: { body?: string; title?: string; state?: string };
}

describe("node ci/main.ts", () => {
  let server: Server;
  let posts: object[];
  let written: Written[];
  let requests: string[];
  /** Answers instead of GitHub when it returns true. */
  let fault: (request: IncomingMessage, response: ServerResponse) => boolean;

  beforeEach(async () => {
    [posts, written, requests, fault] = [[], [], [], () => false];
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push(`${request.method} ${pathname}`);
    if (fault(request, response)) return;
    assert.equal(request.headers.authorization, `Bearer ${TOKEN}`);
    if (request.method !== "GET")
      written.push({
        request: `${request.method} ${pathname}`,
        body: JSON.parse(Buffer.concat(chunks).toString()) as Written["body"],
      });
    const [page, size] = [searchParams.get("page"), searchParams.get("per_page")].map(Number);
    const list = posts.slice(((page ?? 0) - 1) * (size ?? 0), (page ?? 0) * (size ?? 0));
    response.end(JSON.stringify(request.method === "GET" ? list : {}));
  }

  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function run(args: string[], changed: NodeJS.ProcessEnv = {}, start = runProgram) {
    const env = {
      GITHUB_API_URL: address(),
      GITHUB_REPOSITORY: "o/r",
      GITHUB_TOKEN: TOKEN,
      PR_NUMBER: "7",
      ...changed,
    };
    const { code, stdout, stderr } = await start("ci/main.ts", args, env);
    return { code, output: `${stdout}${stderr}` };
  }

  const comment = (changed?: NodeJS.ProcessEnv, start?: typeof startProgram) =>
    run(["comment", "--events", path("change"), path("refused")], changed, start);
  const drift = (...names: string[]) => run(["drift", "--events", ...names.map(path)]);
  const fails = async (result: ReturnType<typeof run>, sentence: string) => {
    assert.deepEqual(await result, { code: 1, output: `${sentence}\n` });
  };

  describe("comment", () => {
    it("trims a file of debug messages in place, and leaves what the comment is made of", async () => {
      const folder = mkdtempSync(join(tmpdir(), "events-"));
      const file = join(folder, "prod.jsonl");
      const recorded = readFileSync(path("create"), "utf8");
      const kept = recorded.split("\n").filter((line) => !line.includes('"severity":"debug"'));
      const message = (severity: string, text: string) =>
        `${JSON.stringify({ sequence: 1, timestamp: 1, diagnosticEvent: { severity, message: text, color: "never", prefix: "" } })}\n`;
      writeFileSync(
        file,
        `${message("debug", "canary")}${recorded}${message("error", "it broke")}`,
      );
      const { code } = await run(["trim", "--events", file]);
      assert.equal(code, 0);
      const left = readFileSync(file, "utf8");
      assert.ok(!left.includes("canary"));
      assert.ok(left === `${kept.join("\n")}${message("error", "it broke")}`);
      rmSync(folder, { recursive: true });
    });

    it("writes one comment for all stacks when only others' comments carry the marker", async () => {
      posts = [{ id: 1, body: `${COMMENT_MARKER} copied`, user: { login: "someone" } }];
      posts.push({ id: 2, body: `quoted ${COMMENT_MARKER}`, user: bot }, { id: 3, user: null });
      assert.deepEqual(await comment({}, startProgram), { code: 0, output: "" });
      assert.deepEqual(
        written.map(({ request }) => request),
        ["POST /repos/o/r/issues/7/comments"],
      );
      assert.match(written[0]?.body.body ?? "", /^<!-- [^]*### `dev`[^]*### `prod`/);
    });

    it("edits its own in place, also on the third page", async () => {
      const other = (id: number) => ({ id, body: COMMENT_MARKER, user: { login: "someone" } });
      posts = Array.from({ length: 220 }, (_, id) => other(id));
      posts.push({ id: 500, body: `${COMMENT_MARKER}\nold`, user: bot });
      assert.deepEqual(await comment(), { code: 0, output: "" });
      assert.deepEqual(requests, [
        ...Array<string>(3).fill("GET /repos/o/r/issues/7/comments"),
        "PATCH /repos/o/r/issues/comments/500",
      ]);
    });
  });

  describe("drift", () => {
    const issue = (state: string) => ({
      id: 9,
      number: 4,
      state,
      body: `${DRIFT_MARKER}\nold`,
      user: bot,
    });
    const cases: [string, object[], string, string | undefined, string | undefined][] = [
      ["opens the issue", [], "drift", "POST /repos/o/r/issues", undefined],
      ["updates it", [issue("open")], "drift", "PATCH /repos/o/r/issues/4", "open"],
      ["opens it again", [issue("closed")], "drift", "PATCH /repos/o/r/issues/4", "open"],
      ["closes it", [issue("open")], "drift-none", "PATCH /repos/o/r/issues/4", "closed"],
      ["leaves a closed one", [issue("closed")], "drift-none", undefined, undefined],
      ["leaves it out when there is none", [], "drift-none", undefined, undefined],
      [
        "takes no pull request for it",
        [{ ...issue("open"), pull_request: {} }],
        "drift",
        "POST /repos/o/r/issues",
        undefined,
      ],
    ];
    for (const [title, existing, name, request, state] of cases) {
      it(title, async () => {
        posts = existing;
        assert.deepEqual(await drift(name), { code: 0, output: "" });
        assert.deepEqual(
          written.map((one) => [one.request, one.body.state]),
          request === undefined ? [] : [[request, state]],
        );
        if (name === "drift") {
          assert.equal(written[0]?.body.title, DRIFT_TITLE);
          assert.match(written[0].body.body ?? "", /length: 32 → 33/);
        }
      });
    }

    it("touches nothing when a preview failed", async () => {
      const sentence = "The preview of dev failed, so nothing is known of its drift.";
      await fails(drift("drift", "failing"), sentence);
      assert.deepEqual(requests, []);
    });
  });

  describe("guard", () => {
    it("passes where the pack ran, and asks for no setting", async () => {
      const nothing = { GITHUB_TOKEN: undefined, GITHUB_REPOSITORY: undefined };
      const names = ["create", "same", "advised", "refused"].map(path);
      const result = await run(["guard", "--events", ...names], nothing);
      assert.deepEqual(result, { code: 0, output: "" });
    });

    it("fails with one sentence where one of the previews ran without it", async () => {
      await fails(
        run(["guard", "--events", path("create"), path("no-pack")]),
        "The policy pack shlink-platform did not run on dev: pass --policy-pack to pulumi preview.",
      );
    });
  });

  describe("an error of GitHub's", () => {
    const status = (code: number, headers: Record<string, string> = {}) => {
      fault = (_, response) => {
        response.writeHead(code, headers).end("<html>no JSON</html>");
        return true;
      };
    };
    const subject = "GET issues/7/comments in o/r";
    const refusals: [number, string][] = [
      [401, "GITHUB_TOKEN is wrong or has expired."],
      [
        403,
        "give the job pull-requests: write for the comment, or issues: write for the drift issue.",
      ],
      [404, "check GITHUB_REPOSITORY and PR_NUMBER, and that the token may read them."],
    ];
    for (const [code, advice] of refusals) {
      it(`is told at once with what to do: ${code}`, async () => {
        status(code);
        await fails(comment(), `GitHub answered ${code} to ${subject}: ${advice}`);
        assert.equal(requests.length, 1);
      });
    }

    const limits: [number, Record<string, string>][] = [
      [403, { "x-ratelimit-remaining": "0" }],
      [403, { "retry-after": "60" }],
      [429, {}],
    ];
    for (const [code, headers] of limits) {
      it(`is told from a reached limit: ${code} ${JSON.stringify(headers)}`, async () => {
        status(code, headers);
        const sentence = `GitHub's rate limit is reached (${code} to ${subject}): run the job again later.`;
        await fails(comment(), sentence);
      });
    }

    const tries = "It was tried 3 times; run the job again.";

    it("is waited out, and told when it lasts: 500", async () => {
      status(500);
      await fails(comment(), `GitHub answered 500 to ${subject}. ${tries}`);
      assert.equal(requests.length, 3);
    });

    it("does not make a second comment when the first was written after all: 502", async () => {
      fault = (request, response) => {
        if (request.method !== "POST") return false;
        posts = [{ id: 8, body: COMMENT_MARKER, user: bot }];
        response.writeHead(502).end();
        return true;
      };
      assert.deepEqual(await comment(), { code: 0, output: "" });
      assert.equal(requests.at(-1), "PATCH /repos/o/r/issues/comments/8");
    });

    it("is told when the answer is none of GitHub's", async () => {
      status(200);
      await fails(comment(), `GitHub's answer to ${subject} is no JSON. ${tries}`);
      fault = (_, response) => Boolean(response.end('{"message":"hello"}'));
      await fails(comment(), "GitHub's answer to GET issues/7/comments is no list of posts.");
    });

    it("is told when nobody answers", async () => {
      const GITHUB_API_URL = "http://127.0.0.1:1";
      await fails(
        comment({ GITHUB_API_URL }),
        `GitHub cannot be reached at ${GITHUB_API_URL}. ${tries}`,
      );
    });
  });

  describe("a wrong setting", () => {
    const settings: [string, string | undefined, string][] = [
      ["GITHUB_API_URL", undefined, "the https address of GitHub's API"],
      ["GITHUB_API_URL", "http://github.example", "the https address of GitHub's API"],
      ["GITHUB_REPOSITORY", "o/r/../x", "owner/name"],
      ["GITHUB_TOKEN", undefined, "the job's token"],
      ["GITHUB_TOKEN", `${TOKEN}\n`, "the job's token"],
      ["PR_NUMBER", "", "the number of the pull request"],
      ["PR_NUMBER", "7/../8", "the number of the pull request"],
    ];
    for (const [name, value, expected] of settings) {
      it(`is refused before anything is sent: ${name}=${JSON.stringify(value)}`, async () => {
        await fails(
          comment({ [name]: value }),
          `The environment variable ${name} must be ${expected}.`,
        );
        assert.deepEqual(requests, []);
      });
    }
  });

  describe("a wrong call", () => {
    const usage = "Usage: node ci/main.ts trim|comment|guard|drift --events FILE...";
    for (const args of [[], ["comment"], ["toString", "--events", "x"]]) {
      it(`is answered with the usage: ${args.join(" ") || "nothing"}`, () =>
        fails(run(args), usage));
    }

    it("names the file that cannot be read", () =>
      fails(
        run(["guard", "--events", "/no/file"]),
        "/no/file: this file of events cannot be read.",
      ));
  });
});
