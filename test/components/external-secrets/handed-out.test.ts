import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { handedOut } from "../../../components/external-secrets/handed-out.ts";
import { authConf } from "../../../components/redis/redaction.ts";
import { VaultSecret } from "../../../components/vault/secret.ts";

describe("A Secret that the program hands out itself", () => {
  it("has its keys, and those that are made of them", async () => {
    const made: Record<string, unknown>[] = [];
    await pulumi.runtime.setMocks({
      newResource: ({ type, inputs }) => {
        if (type === "kubernetes:core/v1:Secret") made.push(inputs as Record<string, unknown>);
        return { id: "id", state: { base64: "", ...(inputs as object) } };
      },
      call: () => ({}),
    });
    await pulumi.runtime.runInPulumiStack(() => {
      const values = { password: pulumi.secret("s3cret"), user: "u" };
      const secret = new VaultSecret("one", { vault: undefined, path: "a/b", values });
      const keys = { password: { secret, property: "password" } };
      const templates = { "auth.conf": authConf };
      handedOut({ namespace: "n", target: { name: "s", syncName: "s", keys, templates } }, {});
      return Promise.resolve(undefined);
    });
    await pulumi.runtime.disconnect();
    const [{ data } = {}] = made;
    const { value = data } = data as { value?: Record<string, string> };
    const plain = Object.fromEntries(
      Object.entries(value as Record<string, string>).map(([key, text]) => [
        key,
        Buffer.from(text, "base64").toString(),
      ]),
    );
    assert.deepEqual(plain, {
      password: "s3cret",
      "auth.conf": "masterauth s3cret\nrequirepass s3cret\n",
    });
  });
});
