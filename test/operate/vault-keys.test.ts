import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, it } from "mocha";
import { parse } from "yaml";
import { useApiServer } from "../support/api-server.ts";
import { runProgram, startProgram } from "../support/program.ts";

const vaultKeys = (...args: string[]) => runProgram("operate/vault-keys.ts", args);
const collection = "/api/v1/namespaces/vault/secrets";
const data = { "key-0": "czNjcmV0", "key-1": "czNjcmV0Mg==" };
const secret = (name: string, values: object = data) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name,
    namespace: "vault",
    labels: { "app.kubernetes.io/part-of": "shlink-platform" },
  },
  data: values,
});

describe("npm run vault-keys", () => {
  const api = useApiServer();
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-keys-"));
  const file = join(folder, "keys.yaml");
  afterEach(() => rmSync(file, { force: true }));
  after(() => rmSync(folder, { recursive: true }));
  const changes = () => api.calls.filter(({ method }) => method !== "GET");

  for (const name of ["vault-unseal-keys", "vault-recovery-keys"])
    it(`saves ${name} in a file for its owner alone, which can be put back, and shows no key`, async () => {
      api.answers[`GET ${collection}/${name}`] = { ...secret(name), metadata: { name, uid: "u" } };
      const args = ["save", file];
      const { code, stdout, stderr } = await startProgram("operate/vault-keys.ts", args);
      assert.equal(code, 0, stderr);
      assert.deepEqual(parse(readFileSync(file, "utf8")), secret(name));
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.ok(!`${stdout}${stderr}`.includes("czNjcmV0"));
      assert.match((await vaultKeys("save", file)).stderr, /keys\.yaml cannot be written \(EEXIST/);
      api.answers[`POST ${collection}`] = secret(name);
      const back = await vaultKeys("put-back", file);
      assert.equal(back.code, 0, back.stderr);
      assert.deepEqual(JSON.parse(changes()[0]?.body ?? ""), secret(name));
    });

  it("says that there are no keys, and that they may not be read", async () => {
    assert.match(
      (await vaultKeys("save", file)).stderr,
      /^Namespace vault has neither Secret vault-unseal-keys nor/,
    );
    api.otherwise = 403;
    assert.match(
      (await vaultKeys("save", file)).stderr,
      /vault-unseal-keys cannot be read: nothing here \(HTTP 403\)\. Use an account that may, .*\n$/,
    );
  });

  it("saves nothing of a Secret in which no key is", async () => {
    api.answers[`GET ${collection}/vault-unseal-keys`] = secret("vault-unseal-keys", {});
    const { code, stderr } = await vaultKeys("save", file);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Secret vault\/vault-unseal-keys has no keys in it, and nothing was saved/,
    );
    assert.ok(!existsSync(file));
  });

  describe("where there are keys", () => {
    const there = (values: object) => {
      api.otherwise = 409;
      api.answers[`GET ${collection}/vault-unseal-keys`] = secret("vault-unseal-keys", values);
    };

    it("leaves the same ones, and others unless they are to give way, all of them", async () => {
      writeFileSync(file, JSON.stringify(secret("vault-unseal-keys")));
      there(data);
      const same = await vaultKeys("put-back", file, "--replace");
      assert.deepEqual(
        [same.code, same.stderr],
        [0, "Secret vault/vault-unseal-keys has these keys already\n"],
      );
      there({ "key-0": "other", "key-2": "more" });
      const refused = await vaultKeys("put-back", file);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /has other keys, .*nothing was changed\..*--replace/);
      assert.deepEqual(
        changes().map(({ method }) => method),
        ["POST", "POST"],
      );
      api.answers[`PATCH ${collection}/vault-unseal-keys`] = {};
      const replaced = await vaultKeys("put-back", file, "--replace");
      assert.equal(replaced.code, 0, replaced.stderr);
      assert.deepEqual(JSON.parse(changes().at(-1)?.body ?? ""), {
        data: { ...data, "key-2": null },
      });
    });
  });

  const bad: [what: string, text: string | undefined][] = [
    ["a file that is not there", undefined],
    ["another Secret", JSON.stringify(secret("shlink-secrets"))],
    ["an empty Secret", JSON.stringify(secret("vault-unseal-keys", {}))],
    ["what is no YAML", "data: {a: s3cret\nb: ["],
    ["an empty file", ""],
  ];
  for (const [what, text] of bad)
    it(`refuses ${what} in a sentence, and asks for nothing`, async () => {
      if (text !== undefined) writeFileSync(file, text);
      const { code, stderr } = await vaultKeys("put-back", file);
      assert.equal(code, 1);
      assert.match(stderr, /keys\.yaml has no keys of Vault \(.*\n$/);
      assert.doesNotMatch(stderr, /s3cret/);
      assert.deepEqual(api.calls, []);
    });

  for (const args of [
    [],
    ["save"],
    ["save", "a", "b"],
    ["save", "a", "--replace"],
    ["restore", "a"],
  ])
    it(`refuses "${args.join(" ")}" with its usage`, async () => {
      const { code, stderr } = await vaultKeys(...args);
      assert.equal(code, 1);
      assert.match(stderr, /^\S.*\.\nUsage: npm run vault-keys/);
    });
});
