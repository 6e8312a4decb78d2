import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { changed } from "./support.ts";

const matomo = { mode: "server", url: "https://matomo.example.com", siteId: 1 };
const rabbitMq = { mode: "broker", host: "mq.example.com", port: 5671, user: "shlink" };

const bad: [string, unknown, RegExp][] = [
  ["basePath", "go", /basePath: must be a path such as/],
  ["basePath", "/go/", /basePath: must be a path such as/],
  ["basePath", "/rest", /basePath: must not begin with \/rest/],
  ["basePath", "/a/../b", /basePath: must be a path/],
  ["deletionThreshold", 0, /deletionThreshold: /],
  ["workerMemory", "64Mi", /workerMemory: must be at least 80Mi/],
  ["workerMemory", "512Mi", /shlink\.memory: must be at least 1152Mi/],
  ["version", "5.0", /shlink\.version: must be "4.6" or "5.1"/],
  ["version", 5.1, /shlink\.version: /],
  ["autoscaling", { mode: "rps" }, /autoscaling\.mode: /],
  ["autoscaling", { mode: "cpu" }, /autoscaling\.maximum: /],
  ["autoscaling", { mode: "cpu", maximum: 3 }, /maximum: must be more than shlink\.replicas/],
  ["autoscaling", { mode: "cpu", maximum: 9, utilization: 0 }, /autoscaling\.utilization: /],
  [
    "autoscaling",
    { mode: "cpu", maximum: 10 },
    /shlink\.autoscaling\.maximum: must be lower, .* 11 pods run 99 PHP workers/,
  ],
  ["apiKeys", { Shop: {} }, /apiKeys\.Shop: must be lower case, digits and dashes/],
  ["apiKeys", { shop: { role: "admin" } }, /shlink\.apiKeys\.shop: does not know role/],
  ["apiKeys", { shop: { expires: "31.1.2027" } }, /apiKeys\.shop\.expires: must be a day in quo/],
  [
    "apiKeys",
    { shop: { expires: "2027-01-31 00:00:00 +0000 UTC" } },
    /apiKeys\.shop\.expires: must be a day in quotation marks/,
  ],
  ["apiKeys", { shop: { expires: "2027-02-30" } }, /apiKeys\.shop\.expires: /],
  ["apiKeys", { shop: { ownLinks: "yes" } }, /apiKeys\.shop\.ownLinks: /],
  ["apiKeys", { shop: { domain: "https://a" } }, /apiKeys\.shop\.domain: /],
  [
    "apiKeys",
    { shop: { domain: "s.example.com" } },
    /apiKeys\.shop\.domain: must not be the first of routing\.hosts/,
  ],
  ["redirects", { status: 303 }, /redirects\.status: must be 301, 302, 307 or 308/],
  ["redirects", { cacheSeconds: 60 }, /redirects\.cacheSeconds: must be left out unless/],
  ["redirects", { status: 301, cacheSeconds: 0 }, /redirects\.cacheSeconds: /],
  ["redirects", { status: 302, cacheVisibility: "public" }, /cacheVisibility: must be left out/],
  ["redirects", { status: 301, cacheVisibility: "all" }, /redirects\.cacheVisibility: /],
  ["redirects", { extraPath: "keep" }, /redirects\.extraPath: /],
  ["redirects", { baseUrl: "example.com" }, /redirects\.baseUrl: must be an address/],
  ["redirects", { notFound: "javascript:alert(1)" }, /redirects\.notFound: must be an address/],
  ["redirects", { invalidLink: "https://{HOST}/" }, /redirects\.invalidLink: must be an address/],
  ["redirects", { invalidLink: "https://{DOMAIN}/" }, /redirects\.invalidLink: must be an address/],
  ["redirects", { baseUrl: "https://a:b@example.com" }, /redirects\.baseUrl: must be an address/],
  ["redirects", { base: "https://a" }, /shlink\.redirects: does not know base/],
  ["slugs", { length: 3 }, /slugs\.length: /],
  ["slugs", { length: 65 }, /slugs\.length: /],
  ["slugs", { mode: "loosely" }, /slugs\.mode: /],
  ["slugs", { multiSegment: "yes" }, /slugs\.multiSegment: /],
  ["slugs", { trailingSlash: 1 }, /slugs\.trailingSlash: /],
  ["tracking", { visits: "no" }, /tracking\.visits: /],
  ["tracking", { orphanVisits: 0 }, /tracking\.orphanVisits: /],
  ["tracking", { addresses: "hashed" }, /tracking\.addresses: /],
  ["tracking", { referrers: "no" }, /tracking\.referrers: /],
  ["tracking", { userAgents: "no" }, /tracking\.userAgents: /],
  ["tracking", { exceptFrom: [] }, /tracking\.exceptFrom: /],
  ["tracking", { exceptFrom: ["::1"] }, /tracking\.exceptFrom\.0: must be an IPv4 address/],
  ["tracking", { exceptFrom: ["10.0.0.0/33"] }, /exceptFrom\.0: must be an IPv4 address/],
  ["tracking", { exceptFrom: ["10.0.1*.1"] }, /exceptFrom\.0: must be an IPv4 address/],
  ["tracking", { optOutParameter: "a,b" }, /optOutParameter: must be a word/],
  ["tracking", { optOutParameter: "null" }, /optOutParameter: must be a word/],
  ["tracking", { optOutParameter: "12" }, /optOutParameter: must be a word/],
  ["robots", { allowAllLinks: "all" }, /robots\.allowAllLinks: /],
  ["robots", { userAgents: ["a\nDisallow: /"] }, /robots\.userAgents\.0: must be a word/],
  ["cors", { origins: ["*"] }, /cors\.origins\.0: must be an origin/],
  ["cors", { origins: ["https://a/"] }, /cors\.origins\.0: must be an origin/],
  ["cors", { credentials: true }, /cors\.credentials: needs shlink\.cors\.origins/],
  ["cors", { maxAgeSeconds: -1 }, /cors\.maxAgeSeconds: /],
  ["qrCodes", { size: 10 }, /qrCodes\.size: /],
  ["qrCodes", { margin: -1 }, /qrCodes\.margin: /],
  ["qrCodes", { format: "gif" }, /qrCodes\.format: /],
  ["qrCodes", { errorCorrection: "x" }, /qrCodes\.errorCorrection: /],
  ["qrCodes", { roundBlockSize: 1 }, /qrCodes\.roundBlockSize: /],
  ["qrCodes", { forDisabledLinks: 1 }, /qrCodes\.forDisabledLinks: /],
  ["qrCodes", { color: "red" }, /qrCodes\.color: must be a color/],
  ["qrCodes", { background: "#fff" }, /qrCodes\.background: must be a color/],
  ["qrCodes", { logoUrl: "http://a/l.png" }, /qrCodes\.logoUrl: must be an address/],
  ["qrCodes", { logoUrl: "https://a/l.png" }, /qrCodes\.logoUrl: needs shlink\.resolveTitles/],
  ["geolite", { mode: "file" }, /geolite\.mode: /],
  ["geolite", { mode: "license", key: "k" }, /shlink\.geolite: does not know key/],
  ["matomo", { ...matomo, siteId: 0 }, /matomo\.siteId: /],
  ["matomo", { ...matomo, url: "https://u:p@m.example.com" }, /matomo\.url: must be an address/],
  [
    "matomo",
    { ...matomo, url: "https://m.example.com?token=t" },
    /matomo\.url: must be an address/,
  ],
  ["matomo", { ...matomo, url: "https://10.0.0.1" }, /matomo\.url: must be an address/],
  ["matomo", { ...matomo, token: "t" }, /shlink\.matomo: does not know token/],
  ["realTimeUpdates", { redis: "yes" }, /realTimeUpdates\.redis: /],
  ["realTimeUpdates", { topics: [] }, /realTimeUpdates\.topics: /],
  ["realTimeUpdates", { topics: ["VISITS"] }, /realTimeUpdates\.topics\.0: /],
  ["realTimeUpdates", { mercure: { mode: "hub" } }, /mercure\.publicUrl: /],
  [
    "realTimeUpdates",
    { mercure: { mode: "hub", publicUrl: "https://h.example.com", internalUrl: "mercure" } },
    /mercure\.internalUrl: must be an address/,
  ],
  [
    "realTimeUpdates",
    { rabbitMq: { ...rabbitMq, host: "mq" } },
    /rabbitMq\.host: must be one full/,
  ],
  ["realTimeUpdates", { rabbitMq: { ...rabbitMq, port: 0 } }, /rabbitMq\.port: /],
  [
    "realTimeUpdates",
    { rabbitMq: { ...rabbitMq, user: "true" } },
    /rabbitMq\.user: must be a word/,
  ],
  ["realTimeUpdates", { rabbitMq: { ...rabbitMq, vhost: "" } }, /rabbitMq\.vhost: must be a word/],
  ["realTimeUpdates", { rabbitMq: { ...rabbitMq, tls: "on" } }, /rabbitMq\.tls: /],
  ["realTimeUpdates", { rabbitMq: { ...rabbitMq, password: "p" } }, /does not know password/],
  [
    "realTimeUpdates",
    { mercure: { mode: "hub", publicUrl: "https://h.example.com/.well-known/mercure" } },
    /mercure\.publicUrl: must end before \/\.well-known\/mercure/,
  ],
  ["extraEnv", { lower: "a" }, /extraEnv\.lower: must be the name of a variable/],
  ["extraEnv", { NEW_OPTION: "" }, /extraEnv\.NEW_OPTION: /],
  ["extraEnv", { DB_HOST: "a" }, /extraEnv\.DB_HOST: must be left out: DB_HOST is the program's/],
  [
    "extraEnv",
    { DB_PASSWORD_FILE: "/a" },
    /extraEnv\.DB_PASSWORD_FILE: must be left out: DB_PASSWORD_FILE is the program's/,
  ],
  [
    "extraEnv",
    { REDIRECT_STATUS_CODE: "301" },
    /REDIRECT_STATUS_CODE is the setting shlink\.redirects\.status/,
  ],
  ["extraEnv", { LD_PRELOAD: "/a.so" }, /LD_PRELOAD is the program's: it changes what runs/],
  ["extraEnv", { OTHER_TOKEN: "a" }, /OTHER_TOKEN looks like a secret/],
];

const good: [string, unknown][] = [
  ["apiKeys", {}],
  ["apiKeys", { shop: { expires: "2027-01-31", ownLinks: true, domain: "o.example.com" } }],
  ["version", "5.1"],
  ["autoscaling", { mode: "cpu", maximum: 9, utilization: 50 }],
  ["basePath", "/go/to"],
  ["redirects", { status: 308, cacheSeconds: 60, cacheVisibility: "public" }],
  ["redirects", { invalidLink: "https://example.com/{ORIGINAL_PATH}?from={DOMAIN}" }],
  ["tracking", { exceptFrom: ["192.0.2.1", "10.0.0.0/8", "10.*.1.*"], optOutParameter: "no-stat" }],
  ["cors", { origins: ["https://admin.example.com:8443"], credentials: true }],
  ["extraEnv", { NEW_OPTION: "on" }],
];

describe("The settings of Shlink", () => {
  for (const [key, value, message] of bad)
    it(`refuse ${key} = ${JSON.stringify(value)}, naming file and path`, () => {
      const attempt = () => parseSettings("Pulumi.prod.yaml", changed(`shlink.${key}`, value));
      assert.throws(attempt, (error: Error) => {
        assert.match(error.message, /^Pulumi\.prod\.yaml: /);
        assert.match(error.message, message);
        return true;
      });
    });

  it("refuse a path behind links below a base path, where Shlink finds none", () => {
    const settings = changed("shlink.basePath", "/go");
    Object.assign(settings["shlink"] as object, { redirects: { extraPath: "append" } });
    assert.throws(
      () => parseSettings("f", settings),
      /shlink\.redirects\.extraPath: must be left out with shlink\.basePath/,
    );
  });

  it("refuse QR codes where Shlink makes none", () => {
    const settings = changed("shlink.version", "5.1");
    Object.assign(settings["shlink"] as object, { qrCodes: { size: 100 } });
    assert.throws(
      () => parseSettings("f", settings),
      /shlink\.qrCodes: must be left out with shlink\.version 5\.1/,
    );
  });

  for (const [key, value] of good)
    it(`accept ${key} = ${JSON.stringify(value)}`, () => {
      parseSettings("Pulumi.prod.yaml", changed(`shlink.${key}`, value));
    });
});
