import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { abandoned } from "../../effects/abandoned.ts";
import type { Held } from "../../effects/held.ts";
import type { PartName } from "../../platform/parts.ts";
import { noDemands } from "../support/demands.ts";

const { held: nothingHeld } = noDemands;
type Secrets = Held["secrets"];
const [theirs, ours, none]: [Secrets, Secrets, Secrets] = [
  { ...nothingHeld.secrets, mode: "existing", store: "links" },
  { ...nothingHeld.secrets, mode: "install" },
  { ...nothingHeld.secrets, mode: "none" },
];
const said = (secrets: Secrets, made: string[], installed: PartName[] = []) =>
  abandoned({ ...nothingHeld, secrets }, new Set(made), installed);

describe("What the state says is kept elsewhere", () => {
  it("is left to nobody by what stays as it was, and by a first up", () => {
    assert.equal(said(theirs, ["Mount links", "Release a/b"], ["externalSecrets"]), undefined);
    assert.equal(said(ours, ["Mount secret"], ["vault", "externalSecrets"]), undefined);
    assert.equal(said(ours, [], ["externalSecrets"]), undefined);
    for (const secrets of [theirs, ours, none]) assert.equal(said(secrets, []), undefined);
  });

  for (const [mode, secrets] of [
    ["none", none],
    ["install", ours],
  ] as const)
    it(`refuses that vault.mode ${mode} leaves a Vault of others`, () => {
      assert.equal(
        said(secrets, ["Mount links"]),
        `vault.mode says ${mode}, and store links of a Vault that somebody else runs has the passwords, which would go with ` +
          "the Secrets that were copied from there: set vault.mode to existing again (docs/which-parts.md, A Vault that is there).",
      );
    });

  it("names vault.mode also where the first up ended before there was a store", () => {
    assert.match(
      said(none, [], ["externalSecrets"]) ?? "",
      /^vault\.mode says none, .* set vault\.mode to existing again/,
    );
  });

  it("leaves what is said of a Vault that the stack installed to those who say it", () => {
    assert.equal(said(none, ["Mount secret"], ["vault", "externalSecrets"]), undefined);
  });

  for (const [mode, secrets] of [
    ["existing", theirs],
    ["install", ours],
  ] as const)
    it(`refuses vault.mode ${mode} where the program writes the Secrets itself`, () => {
      const made = ["Secret postgres/other", "Secret shlink/shlink-secrets"];
      assert.equal(
        said(secrets, made),
        `vault.mode says ${mode}, and the stack has no Vault: it would delete the Secrets that it wrote itself ` +
          "(shlink/shlink-secrets among them) while pods read them; set vault.mode to none again (docs/which-parts.md, No Vault).",
      );
      assert.equal(said(none, made), undefined);
      assert.equal(said(secrets, ["Secret postgres/other"], ["vault"]), undefined);
    });

  it("refuses another store in a Vault of others", () => {
    assert.equal(
      said(theirs, ["Mount former"]),
      "vault.prefix says links, and store former of the Vault has the passwords, which would be deleted there: set vault.prefix " +
        "to former again.",
    );
  });

  it("refuses to leave the links in a PostgreSQL of others", () => {
    const made = ["Job postgres/database-account-12ab"];
    assert.equal(
      said(ours, made, ["vault"]),
      "database.mode says crunchy, and a PostgreSQL that others run holds the links (Job postgres/database-account-12ab made Shlink's " +
        "user there): take them along first (docs/database.md, Back to the stack's own).",
    );
    const postgres = { ...nothingHeld.postgres, version: undefined };
    assert.equal(abandoned({ ...nothingHeld, postgres }, new Set(made), ["vault"]), undefined);
  });
});
