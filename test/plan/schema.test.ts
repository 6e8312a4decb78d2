import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { z } from "zod";
import { type JsonSchema, settingsSchema, stackFileSchema } from "../../plan/schema.ts";

type Visit = (path: string, schema: JsonSchema, required: boolean) => void;

/** Calls `visit` for every setting, and for the settings of every mode. */
function walk(schema: JsonSchema, path: string, visit: Visit): void {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const below = path === "" ? key : `${path}.${key}`;
    visit(below, property, schema.required?.includes(key) ?? false);
    walk(property, below, visit);
  }
  for (const variant of schema.oneOf ?? []) walk(variant, path, visit);
}

const stackFile = async (stack: string) =>
  parse(await readFile(`Pulumi.${stack}.yaml`, "utf8")) as {
    config: { "shlink-platform:settings": Record<string, Record<string, unknown>> };
  };

type Change = (settings: Record<string, Record<string, unknown>>) => void;

/** Judges the settings of dev, changed, as an editor with the schema does. */
async function editor(): Promise<(change: Change) => Promise<boolean>> {
  const text = JSON.parse(await stackFileSchema()) as Parameters<typeof z.fromJSONSchema>[0];
  const schema = z.fromJSONSchema(text);
  return async (change) => {
    const file = await stackFile("dev");
    change(file.config["shlink-platform:settings"]);
    return schema.safeParse(file).success;
  };
}

describe("The settings' JSON Schema", () => {
  it("describes every setting and every mode in whole sentences", () => {
    walk(settingsSchema(), "", (path, { description }) => {
      assert.match(description ?? "", /^[A-Z].*[.]$/, path);
    });
  });

  it("names the default of every setting that may be left out, once, and of no other", () => {
    walk(settingsSchema(), "", (path, { description, default: value }, required) => {
      const named = [/ Default: [^.]+/.test(description ?? ""), value !== undefined];
      assert.equal(named.filter(Boolean).length, required ? 0 : 1, path);
    });
  });

  it("has a file or a folder in settings/ for each key with settings below", () => {
    for (const [key, { type }] of Object.entries(settingsSchema().properties ?? {})) {
      const file = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const homes = [`settings/${file}.ts`, `settings/${file}/index.ts`].filter(existsSync);
      assert.equal(homes.length, type === "boolean" ? 0 : 1, key);
    }
  });

  it("is named in the first line of both stack files", async () => {
    for (const stack of ["dev", "prod"]) {
      const [line] = (await readFile(`Pulumi.${stack}.yaml`, "utf8")).split("\n");
      assert.equal(line, "# yaml-language-server: $schema=settings/schema.json");
    }
  });

  it("accepts dev, and refuses a misspelt key, a wrong mode and a key of another mode", async () => {
    const judge = await editor();
    assert.ok(await judge(() => undefined));
    const bad: Change[] = [
      (settings) => Object.assign(settings["redis"] ?? {}, { replica: 2 }),
      (settings) => Object.assign(settings["vault"] ?? {}, { tls: { mode: "off" } }),
      (settings) => Object.assign(settings["vault"] ?? {}, { audit: { mode: "none", keep: 3 } }),
      (settings) => delete settings["routing"]?.["hosts"],
    ];
    for (const change of bad) assert.ok(!(await judge(change)), String(change));
  });
});
