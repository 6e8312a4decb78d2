import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, it } from "mocha";
import { broughtSecrets, type SecretName } from "../../platform/brought-secrets.ts";
import { loadSecrets } from "../../settings/load.ts";
import { parseSettings } from "../../settings/index.ts";
import { synth } from "../support/synth.ts";
import { changed } from "./support.ts";

const long = "x".repeat(32);
const everything = {
  geolite: { mode: "license" },
  matomo: { mode: "server", url: "https://matomo.example.com", siteId: 1 },
  realTimeUpdates: {
    mercure: { mode: "hub", publicUrl: "https://hub.example.com" },
    rabbitMq: { mode: "broker", host: "mq.example.com", port: 5671, user: "shlink" },
  },
};
const names = Object.keys(broughtSecrets) as SecretName[];
const key = (name: string) => `shlink-platform:${name}`;

/** Loads the secrets that one setting needs from a configuration of these values. */
function load(setting: string, values: Record<string, string>, encrypted = Object.keys(values)) {
  const at = (all: Record<string, string>) =>
    Object.fromEntries(Object.entries(all).map(([name, value]) => [key(name), value]));
  pulumi.runtime.setAllConfig(at(values), encrypted.map(key));
  const value = setting
    .split(".")
    .slice(1)
    .reduce<unknown>((all, part) => (all as Record<string, unknown>)[part], everything);
  return loadSecrets(parseSettings("f", changed(setting, value)));
}

const needs: [SecretName, string][] = [
  ["geoliteLicenseKey", "shlink.geolite"],
  ["matomoToken", "shlink.matomo"],
  ["mercureKey", "shlink.realTimeUpdates.mercure"],
  ["rabbitMqPassword", "shlink.realTimeUpdates.rabbitMq"],
];

describe("The secrets that a stack brings", () => {
  beforeEach(() =>
    pulumi.runtime.setMocks({ newResource: refuse, call: refuse }, "shlink-platform", "prod"),
  );
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  for (const [name, setting] of needs) {
    it(`have ${name} where ${setting} needs it, and nothing else`, () => {
      const all = Object.fromEntries(names.map((one) => [one, long]));
      assert.deepEqual(Object.keys(load(setting, all)), [name]);
    });

    it(`refuse a missing ${name}, and one in clear, without showing it`, () => {
      const missing = `Pulumi.prod.yaml: ${key(name)}, which ${setting} needs, is missing: pulumi config set --secret ${name}`;
      assert.throws(() => load(setting, {}), { message: missing });
      assert.throws(
        () => load(setting, { [name]: long }, []),
        (error: Error) => {
          assert.match(error.message, /stands there in clear; replace it, and set it anew/);
          assert.ok(!error.message.includes(long));
          return true;
        },
      );
    });
  }

  for (const value of ["12345", "1e5", "true", "(NULL)", "empty", " padded", "line\n"])
    it(`refuse ${JSON.stringify(value)}, which Shlink would read as something else`, () => {
      assert.throws(
        () => load("shlink.matomo", { matomoToken: value }),
        /matomoToken.* must not be a number, a word such as true, or end in a space/,
      );
    });

  it("refuse a key that is too short for Mercure's tokens", () => {
    assert.throws(
      () => load("shlink.realTimeUpdates.mercure", { mercureKey: "short" }),
      /mercureKey.* must have at least 32 characters/,
    );
  });

  it("reach Shlink through Vault, as files, and stand nowhere in clear", async () => {
    const prod = await synth("prod", { shlink: everything });
    const text = prod.text();
    for (const { variable, file } of Object.values(broughtSecrets)) {
      assert.ok(
        text.includes(`"${variable}_FILE","value":"/run/secrets/shlink/${file}"`),
        variable,
      );
      assert.ok(!text.includes(`"name":"${variable}"`), variable);
      assert.equal(
        prod.input(`vault:kv/secretV2:SecretV2::shlink-${file}`, "name"),
        `shlink/${file}`,
      );
      assert.equal(
        prod.input(`vault:kv/secretV2:SecretV2::shlink-${file}`, "dataJson"),
        "[secret]",
      );
      assert.ok(text.includes(`"secretKey":"${file}"`), file);
    }
    assert.ok(!text.includes("stands for, encrypted"));
    const version = prod.input(
      "kubernetes:apps/v1:Deployment::shlink",
      ...["spec", "template", "metadata", "annotations", "shlink-platform/secrets"],
    );
    assert.equal(version, "1-1-1-1-1-1-1");
  });
});

const refuse = (): never => {
  throw new Error("nothing is made here");
};
