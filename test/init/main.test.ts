import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { repository } from "../../local/lib/paths.ts";
import { useApiServer } from "../support/api-server.ts";
import { runProgram, startProgram } from "../support/program.ts";
import { kubeadm, undecided } from "./support.ts";

const all = ["prod", "--host", "s.example.com", "--certificate", "secret:shlink-tls"];

describe("npm run init", () => {
  const api = useApiServer();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "shlink-platform-init-"));
    process.chdir(folder);
    api.answers = kubeadm;
  });
  afterEach(() => {
    process.chdir(repository);
    rmSync(folder, { recursive: true });
  });

  const init = (...args: string[]) => runProgram("init/main.ts", args);
  const file = () => join(folder, "Pulumi.prod.yaml");

  it("replaces a stack file only when told to, and says what it took for granted", async () => {
    writeFileSync(file(), "mine");
    const refused = await init(...all);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^Pulumi\.prod\.yaml is there already: remove it, or say --force/);
    assert.equal(readFileSync(file(), "utf8"), "mine");
    const { code, stdout, stderr } = await startProgram("init/main.ts", [...all, "--force"]);
    assert.equal(`${code} ${stderr}`, "0 ");
    assert.match(readFileSync(file(), "utf8"), /storageClass: fast/);
    assert.match(stdout, /for context here\. It assumes:\n {2}Kubernetes is v1\.34\.2\./);
    assert.match(stdout, /pulumi stack init prod/);
  });

  it("says in one sentence what nobody answered, and writes nothing", async () => {
    api.answers = { ...kubeadm, ...undecided };
    const { code, stdout, stderr } = await init("prod");
    assert.equal(`${code} ${stdout}`, "1 ");
    assert.match(
      stderr,
      /^Nobody can be asked here, so say --host .*--certificate .*--storage-class/,
    );
    assert.equal(stderr.trimEnd().split("\n").length, 1);
    assert.ok(!existsSync(file()));
  });

  it("says that the login is refused", async () => {
    Object.assign(api, { answers: {}, otherwise: 401 });
    const { code, stderr } = await init(...all);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^The API server does not tell its version \(HTTP 401, nothing here\): log in/,
    );
  });

  it("says that the account may not see where the API server is", async () => {
    const { "GET /version": version } = kubeadm;
    Object.assign(api, { answers: { "GET /version": version }, otherwise: 403 });
    const { code, stderr } = await init(...all);
    assert.equal(code, 1);
    assert.match(stderr, /^The account may not see where the API server is .*: use one that may/);
    assert.ok(!existsSync(file()));
  });

  it("names the StorageClasses that there are for one that there is not, and writes nothing", async () => {
    const { code, stderr } = await init(...all, "--storage-class", "nope");
    assert.equal(code, 1);
    assert.equal(
      stderr,
      "The cluster has no StorageClass nope (--storage-class): it has slow, fast.\n",
    );
    assert.ok(!existsSync(file()));
  });

  it("tells its usage for what it does not know", async () => {
    for (const { code, stderr } of await Promise.all([init(), init("../prod")])) {
      assert.equal(code, 1);
      assert.match(stderr, /^\S.*\.\nUsage: npm run init/);
    }
    const { code, stderr } = await init("prod", "--hosts", "a.example.com");
    assert.equal(code, 1);
    assert.match(stderr, /^Unknown option '--hosts'.*\nUsage: npm run init/);
  });
});
