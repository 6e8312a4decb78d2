import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, it } from "mocha";
import { readKubeconfig } from "../../effects/kubeconfig.ts";

describe("A user of the kubeconfig", () => {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-users-"));
  const { KUBECONFIG, HOME } = process.env;
  const restore = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  afterEach(() => {
    restore("KUBECONFIG", KUBECONFIG);
    restore("HOME", HOME);
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, user: object, userName = name): string {
    const file = join(folder, name);
    const lists = {
      clusters: [{ name: "a", cluster: { server: "https://a.example.com" } }],
      users: [{ name: userName, user }],
      contexts: [{ name, context: { cluster: "a", user: userName } }],
    };
    writeFileSync(file, JSON.stringify({ "current-context": name, ...lists }));
    return file;
  }

  /** The headers with which the API server is asked. */
  async function sent(...files: string[]) {
    process.env["KUBECONFIG"] = files.join(":");
    const config = await readKubeconfig();
    return async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return options.headers as Record<string, unknown>;
    };
  }

  it("sends the token of his file, from the kubeconfig's folder, each time as it is then", async () => {
    writeFileSync(join(folder, "token"), "first\n");
    const ask = await sent(write("file", { token: "of-field", tokenFile: "token" }));
    assert.equal((await ask())["Authorization"], "Bearer first");
    writeFileSync(join(folder, "token"), "second");
    assert.equal((await ask())["Authorization"], "Bearer second");
  });

  it("is told where the file of his token is not there", async () => {
    const ask = await sent(write("gone", { tokenFile: "gone-token" }));
    await assert.rejects(ask(), /ENOENT: no such file or directory, open '\/.*gone-token'/);
  });

  it("has his token from an anchor of the file, and stands beside one of whom nothing is said", async () => {
    writeFileSync(join(folder, "token"), "of-anchor");
    const file = join(folder, "anchor");
    const lines = [
      "clusters: [{ name: a, cluster: { server: 'https://a.example.com' } }]",
      "contexts: [{ name: a, context: { cluster: a, user: mine } }]",
      "current-context: a",
      "login: &login { tokenFile: token }",
      "users: [{ name: nobody }, { name: mine, user: { <<: *login } }]",
    ];
    writeFileSync(file, lines.join("\n"));
    assert.equal((await (await sent(file))())["Authorization"], "Bearer of-anchor");
  });

  it("is refused without his password where a part of the file can be read in one way only", async () => {
    const file = join(folder, "odd");
    const user = "  user: { tokenFile: token,\n  password: hunter2 }";
    writeFileSync(file, `clusters: []\ncontexts: []\nusers:\n- name: a\n${user}\n`);
    await assert.rejects(sent(file), ({ message }: Error) => {
      assert.match(
        message,
        /^The kubeconfig \/.*odd cannot be read \(.* at line 6, column \d+\): /,
      );
      assert.doesNotMatch(message, /hunter2|\n/);
      return true;
    });
  });

  it("is whoever he says that he is, with groups and the rest", async () => {
    const as = { as: "deployer", "as-groups": ["one", "two"], "as-uid": "7" };
    const user = { token: "t", ...as, "as-user-extra": { "Example.com/why": ["drill"] } };
    assert.deepEqual(await (await sent(write("as", user)))(), {
      Authorization: "Bearer t",
      "Impersonate-User": "deployer",
      "Impersonate-Group": ["one", "two"],
      "Impersonate-Uid": "7",
      "Impersonate-Extra-example.com%2Fwhy": ["drill"],
    });
  });

  it("runs a plugin by its path from the kubeconfig's folder", async () => {
    const answer = '{"status":{"token":"of-plugin"}}';
    writeFileSync(join(folder, "plugin"), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "./plugin" };
    const ask = await sent(write("exec", { exec }));
    assert.equal((await ask())["Authorization"], "Bearer of-plugin");
  });

  it("is the first file's where several of a list have one of that name", async () => {
    writeFileSync(join(folder, "token"), "of-file");
    const first = write("first", { tokenFile: "token" }, "shared");
    const second = write("second", { token: "of-second", "as-groups": ["one"] }, "shared");
    assert.deepEqual(await (await sent(first, second))(), { Authorization: "Bearer of-file" });
    const { "Impersonate-Group": groups } = await (await sent(second, first))();
    assert.deepEqual(groups, ["one"]);
  });

  it("is read from the home folder's kubeconfig, too", async () => {
    mkdirSync(join(folder, ".kube"));
    writeFileSync(join(folder, ".kube", "token"), "at-home");
    write(".kube/config", { tokenFile: "token" });
    process.env["HOME"] = folder;
    assert.equal((await (await sent())())["Authorization"], "Bearer at-home");
  });
});
