import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { images as programImages } from "../../../platform/images.ts";
import { images as clusterImages } from "../../../local/cluster/layout.ts";
import { imageConfig } from "../../../local/images/recipe.ts";
import { imageNames, imageRecipes, systemImageNames } from "../../../local/images/recipes.ts";

interface Config {
  config: {
    User: string;
    Env: string[];
    WorkingDir: string;
    Entrypoint?: string[];
    Cmd?: string[];
  };
}

const configOf = (name: string): Config["config"] => {
  const recipe = imageRecipes.find((candidate) => candidate.name.includes(name));
  assert.ok(recipe, `no recipe for ${name}`);
  return (JSON.parse(imageConfig(recipe, [])) as Config).config;
};

describe("image recipes", () => {
  it("name every image in full, once, and never the tag latest", () => {
    for (const name of imageNames)
      assert.match(name, /^[a-z0-9.-]+\.[a-z]+\/.+:(?!latest$)[\w.-]+$/);
    assert.equal(new Set(imageNames).size, imageNames.length);
  });

  it("build what the program and the cluster ask for by name", () => {
    for (const name of Object.values(programImages)) assert.ok(imageNames.includes(name), name);
    assert.deepEqual(
      Object.values(clusterImages).filter((name) => !systemImageNames.includes(name)),
      [],
    );
  });

  it("run as a number, so that Kubernetes can tell root from others", () => {
    for (const { name, user } of imageRecipes) assert.match(user, /^\d+(:\d+)?$/, name);
  });

  it("keep the real images' users: who forgets runAsUser fails here as there", () => {
    const users = Object.fromEntries(
      ["redis:", "node:", "shlink:", "shlink-web-client:", "vault:", "crunchy-postgres:"]
        .concat(["pilot:", "proxyv2:"])
        .map((name) => [name, configOf(name).User]),
    );
    assert.deepEqual(users, {
      "redis:": "0",
      "node:": "0",
      "shlink:": "1001",
      "shlink-web-client:": "101",
      "vault:": "100:1000",
      "crunchy-postgres:": "26",
      "pilot:": "1337:1337",
      "proxyv2:": "1337:1337",
    });
  });

  it("start Redis in /data, without which replicas never sync on a read-only root", () => {
    assert.equal(configOf("redis:").WorkingDir, "/data");
  });

  it("reap what a killed program leaves in a pod's shared process namespace", () => {
    assert.equal(configOf("pause:").Entrypoint?.[0], "/usr/bin/tini");
  });

  it("start Shlink as its real image does", () => {
    const { Entrypoint, WorkingDir, Env } = configOf("shlink:");
    assert.deepEqual(Entrypoint, ["/bin/sh", "./docker-entrypoint.sh"]);
    assert.equal(WorkingDir, "/etc/shlink");
    assert.ok(Env.includes("SHLINK_RUNTIME=rr"));
  });

  it("put PostgreSQL's own programs first, since Debian's wrappers are not there", () => {
    const [path] = configOf("crunchy-postgres:").Env;
    assert.ok(path?.startsWith("PATH=/usr/lib/postgresql/15/bin:"), path);
  });

  it("share the layers that are equal, so that they are stored once", () => {
    const layersOf = (name: string) =>
      imageRecipes.find((r) => r.name.includes(name))?.layers ?? [];
    const [shared, ...others] = [
      layersOf("node:"),
      layersOf("shlink:"),
      layersOf("postgres-operator:"),
    ];
    assert.equal(shared.length, 3);
    for (const layers of others) assert.deepEqual(layers.slice(0, 3), shared);
  });
});
