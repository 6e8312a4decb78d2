import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { imageNames } from "../../../../local/images/recipes.ts";

const chart = new URL("../../../../local/charts/vault/", import.meta.url).pathname;

const read = (file: string): string => readFileSync(`${chart}${file}`, "utf8");

interface Schema {
  type?: string | string[];
  additionalProperties?: boolean;
  properties?: Record<string, Schema>;
}

const schema = JSON.parse(read("values.schema.json")) as Schema;

/** Keys that the schema knows below a value, with the path that leads there. */
function keys(node: Schema, path = ""): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, below]) => {
    const here = path === "" ? key : `${path}.${key}`;
    return below.properties ? keys(below, here) : [here];
  });
}

describe("values of the substitute for the Vault chart", () => {
  it("are closed: at every level that lists keys, no other is taken", () => {
    const open = (node: Schema, path: string): string[] => [
      ...(node.properties && node.additionalProperties !== false ? [path] : []),
      ...Object.entries(node.properties ?? {}).flatMap(([key, below]) =>
        open(below, `${path}/${key}`),
      ),
    ];
    assert.deepEqual(open(schema, ""), []);
  });

  it("are all read by a template, but for parts that can only be switched off", () => {
    const templates = readdirSync(`${chart}templates`)
      .map((file) => read(`templates/${file}`))
      .join("\n");
    const words = new Set(templates.match(/[A-Za-z]+/g));
    const unread = keys(schema).filter((path) => !words.has(path.split(".").at(-1) ?? ""));
    assert.deepEqual(unread, []);
    for (const part of ["csi", "injector", "ui"])
      assert.deepEqual(schema.properties?.[part]?.properties, { enabled: { enum: [false] } });
  });

  it("have no default that the schema does not know", () => {
    const known = keys(schema);
    const leaves = (value: unknown, path: string): string[] =>
      typeof value === "object" && value !== null && !known.includes(path)
        ? Object.entries(value).flatMap(([key, below]) =>
            leaves(below, path === "" ? key : `${path}.${key}`),
          )
        : [path];
    const unknown = leaves(parse(read("values.yaml")), "").filter((path) => !known.includes(path));
    assert.deepEqual(unknown, []);
  });
});

describe("substitute for the Vault chart", () => {
  interface Values {
    server: {
      image: { repository: string; tag: string };
      updateStrategyType: string;
      readinessProbe: { path?: string | null };
      ha: { enabled: boolean; replicas: number; raft: { enabled: boolean; setNodeId: boolean } };
      standalone: { enabled: unknown };
      dataStorage: { enabled: boolean; size: string; storageClass: unknown };
      auditStorage: { enabled: boolean };
    };
    injector: { enabled: unknown };
    global: { tlsDisable: boolean };
  }
  const { server, injector, global } = parse(read("values.yaml")) as Values;

  it("keeps the defaults of the real chart that surprise", () => {
    assert.equal(server.updateStrategyType, "OnDelete");
    assert.equal(injector.enabled, "-");
    assert.equal(server.standalone.enabled, "-");
    assert.equal(global.tlsDisable, true);
    assert.deepEqual(
      [server.ha.enabled, server.ha.raft.enabled, server.ha.raft.setNodeId],
      [false, false, false],
    );
    assert.deepEqual(
      [server.dataStorage.enabled, server.dataStorage.size, server.dataStorage.storageClass],
      [true, "10Gi", null],
    );
    assert.equal(server.auditStorage.enabled, false);
    assert.equal(server.readinessProbe.path ?? null, null);
  });

  it("asks for an image that can be built here", () => {
    assert.ok(imageNames.includes(`docker.io/${server.image.repository}:${server.image.tag}`));
  });

  it("refuses a configuration that is not text with the real chart's words", () => {
    const helpers = read("templates/_helpers.tpl");
    assert.ok(
      helpers.includes('fail "structured server config is not supported, value must be a string"'),
    );
  });
});
