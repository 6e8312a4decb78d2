import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { readKubeconfig } from "../../effects/kubeconfig.ts";

describe("The kubeconfig", () => {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-kubeconfig-"));
  const former = process.env["KUBECONFIG"];
  const file = (name: string, current = name) => {
    const path = join(folder, name);
    const parts = {
      clusters: ["shared", name].map((one) => ({
        name: one,
        cluster: { server: `https://${name}.example.com`, "certificate-authority": "ca.crt" },
      })),
      users: [{ name: "shared", user: { token: name } }],
      contexts: [{ name, context: { cluster: "shared", user: "shared" } }],
    };
    writeFileSync(path, JSON.stringify({ ...parts, "current-context": current }));
    return path;
  };
  let one = "";
  let two = "";
  let silent = "";
  before(() => {
    [one, two, silent] = [file("one"), file("two"), file("silent", "")];
  });
  after(() => {
    process.env["KUBECONFIG"] = former;
    if (former === undefined) delete process.env["KUBECONFIG"];
    rmSync(folder, { recursive: true });
  });
  const read = (...files: string[]) => {
    process.env["KUBECONFIG"] = files.join(":");
    return readKubeconfig();
  };

  it("is the first file's where several of a list set the same", async () => {
    const config = await read(one, two);
    assert.equal(config.getCurrentContext(), "one");
    assert.equal(config.getCurrentCluster()?.server, "https://one.example.com");
    assert.equal(config.getCurrentUser()?.token, "one");
    assert.deepEqual(
      config.getContexts().map(({ name }) => name),
      ["one", "two"],
    );
  });

  it("takes the context from the first file that names one", async () => {
    assert.equal((await read(silent, two, one)).getCurrentContext(), "two");
  });

  it("passes over a file that is not there, and an empty entry", async () => {
    const config = await read(join(folder, "missing"), "", two);
    assert.equal(config.getCurrentContext(), "two");
    await assert.rejects(
      read(join(folder, "missing"), join(folder, "gone")),
      /^Error: There is no kubeconfig: KUBECONFIG names \/.*missing, \/.*gone, where no file is\. Set KUBECONFIG/,
    );
  });

  it("reads paths in a file from that file's folder", async () => {
    const config = await read(one, two);
    assert.equal(config.getCluster("two")?.caFile, join(folder, "ca.crt"));
  });

  it("is one file as ever", async () => {
    assert.equal((await read(two)).getCurrentContext(), "two");
  });

  it("is read without the classes of all kinds, which are loaded for a client", () => {
    const reading = `
      import { registerHooks } from "node:module";
      const files = [];
      registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
      const { readKubeconfig } = await import("./effects/kubeconfig.ts");
      const config = await readKubeconfig();
      const classes = () => files.filter((file) => file.includes("client-node/dist/gen/")).length;
      console.log(config.getCurrentContext(), classes());
      const { CoreV1Api } = await import("@kubernetes/client-node");
      console.log(typeof config.makeApiClient(CoreV1Api).listNamespacedPod, classes() > 100);`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", reading], {
      env: { ...process.env, KUBECONFIG: one },
      encoding: "utf8",
    });
    assert.equal(stdout, "one 0\nfunction true\n");
  });
});
