import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { comment, COMMENT_MARKER } from "../../ci/comment.ts";
import { readPreview } from "../../ci/events.ts";
import { LIMIT } from "../../ci/markdown.ts";
import { outside, pack, path, preview, recorded } from "./support/events.ts";

const write = (...names: string[]) => comment(names.map(preview), pack);
const lines = (...events: object[]) => events.map((event) => JSON.stringify(event)).join("\n");
const only = (...events: object[]) => comment([readPreview("prod.jsonl", lines(...events))], pack);
const error = (message: string) => ({ diagnosticEvent: { message, severity: "error" } });
const step = (metadata: object, name = "x", type = "a:b:C") => ({
  resourcePreEvent: {
    metadata: { op: "update", urn: `urn:pulumi:prod::p::${type}::${name}`, ...metadata },
  },
});
const difference = (path: string, old: object, now: object) =>
  step({
    old: { inputs: old },
    new: { inputs: now },
    detailedDiff: { [path]: { diffKind: "update", inputDiff: true } },
  });
const envelope = (value: object) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...value,
});

describe("the pull-request comment", () => {
  it("says that nothing changes", () => {
    assert.equal(
      write("same").trimEnd(),
      `${COMMENT_MARKER}\n## What this pull request changes\n\n### \`dev\`\n\nNo changes; 5 unchanged.`,
    );
  });

  it("counts per stack, and folds what changes with old and new values", () => {
    const body = write("change", "create");
    assert.match(body, /^1 to create, 1 to delete, 2 to replace; 2 unchanged\.$/m);
    assert.match(body, /^5 to create; 0 unchanged\.$/m);
    assert.match(body, /<details><summary>Changes \(4\)<\/summary>/);
    assert.match(body, /^! replace random:\S+:RandomPassword password\n {4}length: 32 → 33$/m);
    assert.match(body, /^- delete random:\S+:RandomPassword group-1$/m);
    assert.equal(body.match(/^. replace /gm)?.length, 2);
  });

  it("shows what the policies advise in one stack and refuse in another", () => {
    const body = write("advised", "refused");
    const [dev = "", prod = ""] = body.split("### `prod`");
    assert.match(dev, /Advised by policy \(2\)[^]*^! password-strength, [^]*group-0/m);
    assert.doesNotMatch(dev, /[Rr]efused/);
    assert.match(prod, /\*\*Refused by policy\.\*\*[^]*Refused by policy \(2\)/);
    assert.match(prod, /^- password-strength, [^]*Fix: Use a RandomPassword/m);
    assert.doesNotMatch(prod, /Advised/);
  });

  it("tells a preview that failed from one without changes", () => {
    const body = write("failing", "not-started");
    assert.match(body, /^\*\*The preview failed\.\*\*$/m);
    assert.match(body, /^- Running program .* failed .* Error: no such context: throw/m);
    assert.match(body, /### `not-started`\n\n\*\*The preview failed before its end; the job's/);
    assert.match(comment([readPreview("a/prod.jsonl", "")], pack), /### `prod`\n\n\*\*The preview/);
  });

  it("warns when the policy pack did not run", () => {
    assert.match(write("no-pack"), /^\*\*Policies:\*\* `The policy pack \S+ did not run on dev/m);
    assert.doesNotMatch(write("create"), /\*\*Policies/);
  });
});

describe("secrets in the pull-request comment", () => {
  it("stay in the debug messages and in the outputs that the engine streams", () => {
    assert.match(recorded("create"), /canary-input/);
    assert.match(recorded("same"), /"secret":\{"4dabf18193072939515e22adb298388d"/);
    const body = write("create", "same", "change");
    assert.doesNotMatch(body, /canary|4dabf181|ciphertext|RegisterResource|Errors/);
  });

  it("are masked as a value, inside of a value and around one", () => {
    const hidden = envelope({ plaintext: '"canary"' });
    for (const [where, value] of [
      ["a", { a: hidden }],
      ["a", { a: [{ b: hidden }] }],
      ["a.b.c", { a: hidden }],
    ] as const) {
      const body = only(difference(where, { a: 1 }, value));
      assert.match(body, /→ \[secret\]$/m);
      assert.doesNotMatch(body, /canary|4dabf/);
    }
    const text = JSON.stringify(envelope({ plaintext: "canary" }));
    assert.doesNotMatch(only(error(`bad value ${text}`)), /canary|4dabf/);
  });

  it("are masked in a Kubernetes Secret even when nobody marked them", () => {
    const diff = { detailedDiff: { "stringData.key": { diffKind: "update", inputDiff: true } } };
    const inputs = { stringData: { key: "canary" } };
    const metadata = { old: { inputs }, new: { inputs }, ...diff };
    const body = only(step(metadata, "x", "p:i:C$kubernetes:core/v1:Secret"));
    assert.match(body, /stringData\.key: \[secret\] → \[secret\]/);
  });

  it("in an error message are the engine's business: it is shown as printed", () => {
    assert.match(only(error("wrong password [secret]")), /^- wrong password \[secret\]$/m);
  });
});

describe("the values in the pull-request comment", () => {
  const shown = (path: string, old: object, now: object) =>
    /^ {4}(.*)$/m.exec(only(difference(path, old, now)))?.[1];

  it("are found along the engine's paths", () => {
    const ports = (port: number) => ({ spec: { ports: [{}, { "a.b/c": port }] } });
    assert.equal(
      shown('spec.ports[1]["a.b/c"]', ports(80), ports(443)),
      'spec.ports[1]["a.b/c"]: 80 → 443',
    );
    assert.equal(shown("a", {}, { a: "x" }), 'a: (none) → "x"');
    const unknown = { a: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    assert.equal(shown("a", { a: "x" }, unknown), 'a: "x" → (unknown)');
    assert.equal(shown("a", { a: "y".repeat(200) }, { a: 1 }), `a: "${"y".repeat(79)}… → 1`);
  });
});

describe("foreign text in the pull-request comment", () => {
  const evil =
    "a\n```\n# head\n</details><!-- --> <img src=x> @octocat #1 [a](b) | `x` ~~~ \u202e https://evil.example";

  it("stands in fenced code only, with nothing that ends it", () => {
    const urn = `urn:pulumi:prod::p::a:b:${evil}::${evil}`;
    const body = only(
      step({ op: "create", urn }),
      step({ urn, detailedDiff: { [evil]: { diffKind: "add" } } }),
      step({ urn, diffs: [evil] }),
      difference("a", { a: evil }, { a: evil }),
      error(evil),
      { errorEvent: { error: evil } },
      ...["mandatory", "advisory"].map((enforcementLevel) => ({
        policyEvent: { resourceUrn: urn, message: evil, policyName: evil, enforcementLevel },
      })),
    );
    assert.equal(body.match(/octocat/g)?.length, 20);
    assert.doesNotMatch(outside(body), /octocat|evil|head|img/);
    assert.doesNotMatch(body, /\u202e/);
    assert.equal(body.match(/```/g)?.length, 8);
  });

  it("stays in its fence in the recorded previews as well", () => {
    const body = write("two-packs");
    assert.match(body, /@octocat see https:\/\/evil\.example/);
    assert.doesNotMatch(outside(body), /octocat|evil|<b>/);
  });

  it("makes no heading out of a stack's name", () => {
    const body = comment([readPreview("a`b\n# c.jsonl", "")], pack);
    assert.match(body, /^### `a_b___c`$/m);
  });
});

describe("a pull-request comment that is too long", () => {
  it("is below what GitHub takes, 65,536 characters", () => {
    assert.ok(LIMIT < 65_536);
  });

  it("gives the long sections the room that the short ones leave", () => {
    const errors = Array.from({ length: 5000 }, () => error("e".repeat(50)));
    const body = only(...errors, step({ op: "create" }));
    assert.ok(body.length > LIMIT - 200 && body.length <= LIMIT, `${body.length} characters`);
  });

  /** The recorded preview of 2,003 resources, of which the recording keeps ten: here are all again. */
  const large = () => {
    const [first, ...rest] = recorded("large").trimEnd().split("\n");
    const template = rest.filter((line) => /group-0["\\]/.test(line));
    const all = Array.from({ length: 2000 }, (_, index) =>
      template.map((line) => line.replaceAll("group-0", `group-${index}`)),
    );
    const others = rest.filter((line) => !/group-\d/.test(line));
    return [first, ...all.flat(), ...others].join("\n");
  };

  it("shows some of everything, and says how much it leaves out", () => {
    const prod = readPreview(path("large"), large());
    const dev = readPreview(path("large"), large().replaceAll('"mandatory"', '"advisory"'));
    const body = comment([dev, prod], pack);
    assert.ok(body.length <= LIMIT, `${body.length} characters`);
    assert.ok(body.length > 60_000, `${body.length} characters`);
    outside(body);
    const left = [...body.matchAll(/^(\d+) left out: too long for GitHub; pulumi preview shows/gm)];
    assert.equal(left.length, 4);
    for (const title of ["Refused by policy (2000)", "Advised by policy (2000)", "Changes (2003)"])
      assert.ok(body.includes(title), title);
    for (const line of [/^- password-strength/m, /^! password-strength/m, /^\+ create random/m])
      assert.match(body, line);
    const shown = body.match(/^([+!] create|[-!] password)/gm)?.length ?? 0;
    const omitted = left.reduce((sum, [, count]) => sum + Number(count), 0);
    assert.equal(shown + omitted, 2 * (2000 + 2003));
  });

  it("shows short sections whole beside thousands of lines in all the others", () => {
    const many = (event: object) => Array.from({ length: 5000 }, () => event);
    const advised = { message: "m".repeat(5_000), policyName: "p", enforcementLevel: "advisory" };
    const body = only(
      ...many(error("e".repeat(50))),
      ...many({ policyEvent: { ...advised, resourceUrn: "" } }),
      ...many(step({ op: "create" }, "n".repeat(500))),
      { policyEvent: { ...advised, message: "alone", enforcementLevel: "mandatory" } },
    );
    assert.ok(body.length <= LIMIT, `${body.length} characters`);
    assert.match(body, /^- p, : alone$/m);
    assert.equal(body.match(/^\d+ left out/gm)?.length, 3);
    assert.match(body, /^! p, : m{600} …$/m);
    outside(body);
  });
});

describe("a file that holds no events", () => {
  it("is refused with the line and the way out", () => {
    assert.throws(
      () => readPreview("dev.jsonl", '{}\n{"steps":\n'),
      /^Error: dev\.jsonl, line 2: this is no engine event; write the file with PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json\.$/,
    );
  });
});
