import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { changed } from "./support.ts";

const page = { mode: "page", host: "admin.example.com" };
const jwt = { mode: "jwt", issuer: "i", audiences: ["a"], keysUrl: "https://i.example/keys" };
const login = (more: object) => ({ ...page, login: { ...jwt, ...more } });
const bad: [unknown, RegExp][] = [
  [{ mode: "app" }, /webClient\.mode: /],
  [{ mode: "page" }, /webClient\.host: /],
  [{ ...page, host: "https://admin" }, /webClient\.host: must be one full host name/],
  [{ ...page, host: "s.example.com" }, /webClient\.host: must be none of routing\.hosts/],
  [{ ...page, servers: [] }, /webClient\.servers: /],
  [{ ...page, servers: [{ name: "", url: "https://a.example" }] }, /servers\.0\.name: /],
  [{ ...page, servers: [{ name: "a\nb", url: "https://a.example" }] }, /name: must be one line/],
  [{ ...page, servers: [{ name: "A", url: "a.example" }] }, /servers\.0\.url: /],
  [
    { ...page, servers: [{ name: "A", url: "https://a.example", apiKey: "k" }] },
    /servers\.0: does not know apiKey/,
  ],
  [{ ...page, clients: ["10.0.0.0"] }, /webClient\.clients\.0: must be a CIDR/],
  [{ ...page, replicas: 0 }, /webClient\.replicas: /],
  [{ mode: "none", host: "a.example" }, /webClient: does not know host/],
  [{ ...page, login: { mode: "none", issuer: "i" } }, /webClient\.login: does not know issuer/],
  [{ ...page, login: { mode: "jwt" } }, /webClient\.login\.issuer: /],
  [login({ issuer: "https://*.example" }), /webClient\.login\.issuer: must be one word/],
  [login({ audiences: [] }), /webClient\.login\.audiences: /],
  [login({ keysUrl: "keys" }), /webClient\.login\.keysUrl: must be an address/],
  [login({ header: "a b" }), /webClient\.login\.header: must be a name/],
  [login({ header: "a", cookie: "b" }), /webClient\.login\.cookie: must be left out/],
];

describe("The settings of the web client", () => {
  for (const [value, message] of bad)
    it(`refuse ${JSON.stringify(value)}, naming file and path`, () => {
      const attempt = () => parseSettings("Pulumi.prod.yaml", changed("webClient", value));
      assert.throws(attempt, message);
    });

  it("want its certificate beside those of the links, where each host has its own", () => {
    const settings = changed("webClient", page);
    const tls = { mode: "secret", credentialName: { "s.example.com": "s" } };
    Object.assign(settings["routing"] as object, { tls });
    assert.throws(
      () => parseSettings("f", settings),
      /credentialName: must name the Secret of admin\.example\.com, too/,
    );
    Object.assign(tls.credentialName, { "admin.example.com": "a" });
    parseSettings("f", settings);
  });
});
