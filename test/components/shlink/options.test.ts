import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { optionVariables } from "../../../components/shlink/options.ts";
import { shlink } from "../../../settings/shlink/index.ts";
import { synth } from "../../support/synth.ts";

const mercure = { mode: "hub", publicUrl: "https://hub.example.com" };
const hub = { MERCURE_ENABLED: "true", MERCURE_PUBLIC_HUB_URL: mercure.publicUrl };
const rabbitMq = { mode: "broker", host: "mq.example.com", port: 5671, user: "shlink" };

/** Each setting, and the variables that it alone sets. */
const effects: [object, Record<string, string>][] = [
  [{ basePath: "/go" }, { BASE_PATH: "/go" }],
  [{ deletionThreshold: 15 }, { DELETE_SHORT_URL_THRESHOLD: "15" }],
  [{ redirects: { status: 301 } }, { REDIRECT_STATUS_CODE: "301" }],
  [
    { redirects: { status: 301, cacheSeconds: 60 } },
    { REDIRECT_STATUS_CODE: "301", REDIRECT_CACHE_LIFETIME: "60" },
  ],
  [
    { redirects: { status: 308, cacheVisibility: "public" } },
    { REDIRECT_STATUS_CODE: "308", REDIRECT_CACHE_VISIBILITY: "public" },
  ],
  [{ redirects: { extraPath: "append" } }, { REDIRECT_EXTRA_PATH_MODE: "append" }],
  [{ redirects: { baseUrl: "https://a" } }, { DEFAULT_BASE_URL_REDIRECT: "https://a" }],
  [{ redirects: { notFound: "https://a" } }, { DEFAULT_REGULAR_404_REDIRECT: "https://a" }],
  [
    { redirects: { invalidLink: "https://a" } },
    { DEFAULT_INVALID_SHORT_URL_REDIRECT: "https://a" },
  ],
  [{ slugs: { length: 8 } }, { DEFAULT_SHORT_CODES_LENGTH: "8" }],
  [{ slugs: { mode: "loose" } }, { SHORT_URL_MODE: "loose" }],
  [{ slugs: { multiSegment: true } }, { MULTI_SEGMENT_SLUGS_ENABLED: "true" }],
  [{ slugs: { trailingSlash: true } }, { SHORT_URL_TRAILING_SLASH: "true" }],
  [{ tracking: { visits: false } }, { DISABLE_TRACKING: "true" }],
  [{ tracking: { orphanVisits: false } }, { TRACK_ORPHAN_VISITS: "false" }],
  [
    { tracking: { addresses: "anonymised" } },
    { DISABLE_IP_TRACKING: "false", ANONYMIZE_REMOTE_ADDR: "true" },
  ],
  [
    { tracking: { addresses: "full" } },
    { DISABLE_IP_TRACKING: "false", ANONYMIZE_REMOTE_ADDR: "false" },
  ],
  [
    { tracking: { addresses: "none" } },
    { DISABLE_IP_TRACKING: "true", ANONYMIZE_REMOTE_ADDR: "true" },
  ],
  [{ tracking: { referrers: false } }, { DISABLE_REFERRER_TRACKING: "true" }],
  [{ tracking: { userAgents: false } }, { DISABLE_UA_TRACKING: "true" }],
  [
    { tracking: { exceptFrom: ["192.0.2.0/24", "10.0.*.*"] } },
    { DISABLE_TRACKING_FROM: "192.0.2.0/24,10.0.*.*" },
  ],
  [{ tracking: { optOutParameter: "nostat" } }, { DISABLE_TRACK_PARAM: "nostat" }],
  [{ robots: { allowAllLinks: true } }, { ROBOTS_ALLOW_ALL_SHORT_URLS: "true" }],
  [{ robots: { userAgents: ["a", "b"] } }, { ROBOTS_USER_AGENTS: "a,b" }],
  [{ cors: { origins: ["https://a", "https://b"] } }, { CORS_ALLOW_ORIGIN: "https://a,https://b" }],
  [
    { cors: { origins: ["https://a"], credentials: true } },
    { CORS_ALLOW_ORIGIN: "https://a", CORS_ALLOW_CREDENTIALS: "true" },
  ],
  [{ cors: { maxAgeSeconds: 0 } }, { CORS_MAX_AGE: "0" }],
  [{ qrCodes: { size: 100 } }, { DEFAULT_QR_CODE_SIZE: "100" }],
  [{ qrCodes: { margin: 0 } }, { DEFAULT_QR_CODE_MARGIN: "0" }],
  [{ qrCodes: { format: "svg" } }, { DEFAULT_QR_CODE_FORMAT: "svg" }],
  [{ qrCodes: { errorCorrection: "h" } }, { DEFAULT_QR_CODE_ERROR_CORRECTION: "h" }],
  [{ qrCodes: { roundBlockSize: false } }, { DEFAULT_QR_CODE_ROUND_BLOCK_SIZE: "false" }],
  [{ qrCodes: { forDisabledLinks: false } }, { QR_CODE_FOR_DISABLED_SHORT_URLS: "false" }],
  [{ qrCodes: { color: "#123456" } }, { DEFAULT_QR_CODE_COLOR: "#123456" }],
  [{ qrCodes: { background: "#abcdef" } }, { DEFAULT_QR_CODE_BG_COLOR: "#abcdef" }],
  [
    { resolveTitles: true, qrCodes: { logoUrl: "https://a/l.png" } },
    { DEFAULT_QR_CODE_LOGO_URL: "https://a/l.png" },
  ],
  [{ realTimeUpdates: { redis: true } }, { REDIS_PUB_SUB_ENABLED: "true" }],
  [
    { realTimeUpdates: { topics: ["NEW_VISIT", "NEW_SHORT_URL"] } },
    { REAL_TIME_UPDATES_TOPICS: "NEW_VISIT,NEW_SHORT_URL" },
  ],
  [{ realTimeUpdates: { mercure } }, hub],
  [
    { realTimeUpdates: { mercure: { ...mercure, internalUrl: "http://mercure.updates.svc" } } },
    { ...hub, MERCURE_INTERNAL_HUB_URL: "http://mercure.updates.svc" },
  ],
  [
    { realTimeUpdates: { rabbitMq } },
    {
      RABBITMQ_ENABLED: "true",
      RABBITMQ_HOST: "mq.example.com",
      RABBITMQ_PORT: "5671",
      RABBITMQ_USER: "shlink",
      RABBITMQ_VHOST: "/",
      RABBITMQ_USE_SSL: "true",
    },
  ],
  [
    { matomo: { mode: "server", url: "https://matomo.example.com", siteId: 3 } },
    {
      MATOMO_ENABLED: "true",
      MATOMO_BASE_URL: "https://matomo.example.com",
      MATOMO_SITE_ID: "3",
    },
  ],
  [{ extraEnv: { NEW_OPTION: "on" } }, { NEW_OPTION: "on" }],
];

describe("What the settings say to Shlink", () => {
  for (const [change, expected] of effects)
    it(`${JSON.stringify(change)} sets ${Object.keys(expected).join(" and ")}, nothing else`, () => {
      assert.deepEqual(optionVariables(shlink.parse(change)), expected);
    });

  it("is nothing where nothing is set, so that Shlink's own defaults hold", () => {
    assert.deepEqual(optionVariables(shlink.parse({})), {});
  });
});

describe("The path below which everything is", () => {
  const virtualService = "kubernetes:networking.istio.io/v1:VirtualService::shlink-virtualservice";
  const policy = (name: string) => `kubernetes:security.istio.io/v1:AuthorizationPolicy::${name}`;
  const change = { shlink: { basePath: "/go" }, routing: { apiClients: ["10.0.0.0/8"] } };

  it("is all that the gateway leads to Shlink, with each kind of call on its own route", async () => {
    const prod = await synth("prod", change);
    const http = prod.input(virtualService, "spec", "http") as { name: string; match: object[] }[];
    const get = { method: { exact: "GET" } };
    const head = { method: { exact: "HEAD" } };
    assert.deepEqual(
      http.map(({ name, match }) => [name, match]),
      [
        [
          "api-reads",
          [
            { ...get, uri: { prefix: "/go/rest/" } },
            { ...head, uri: { prefix: "/go/rest/" } },
          ],
        ],
        [
          "redirects",
          [
            { ...get, uri: { exact: "/go" } },
            { ...head, uri: { exact: "/go" } },
            { ...get, uri: { prefix: "/go/" } },
            { ...head, uri: { prefix: "/go/" } },
          ],
        ],
        ["api-writes", [{ uri: { exact: "/go" } }, { uri: { prefix: "/go/" } }]],
      ],
    );
  });

  it("is all that Shlink's sidecar lets through, the API in it guarded as without", async () => {
    const prod = await synth("prod", change);
    const rules = prod.input(policy("shlink-authz"), "spec", "rules") as { to: object[] }[];
    const methods = ["GET", "HEAD"];
    const api = ["/go/rest/v1/*", "/go/rest/v2/*", "/go/rest/v3/*"];
    assert.deepEqual(
      rules.map(({ to }) => to[0]),
      [
        {
          operation: {
            methods,
            paths: ["/go", "/go/*"],
            notPaths: ["/go/rest", "/go/rest/*"],
          },
        },
        { operation: { methods, paths: ["/go/rest/health"] } },
        { operation: { paths: api } },
      ],
    );
    const guard = prod.input(
      policy("shlink-api-clients"),
      "spec",
      "rules",
      0,
      "to",
      0,
      "operation",
    );
    assert.deepEqual((guard as { paths: string[] }).paths, api);
  });

  it("is where the probes look, and part of the stack's address", async () => {
    const prod = await synth("prod", change);
    for (const probe of ["readinessProbe", "startupProbe"])
      assert.equal(
        prod.input(
          "kubernetes:apps/v1:Deployment::shlink",
          ...["spec", "template", "spec", "containers", 0, probe, "httpGet", "path"],
        ),
        "/go/rest/health",
      );
    assert.equal((prod.outputs as { url: string }).url, "https://s.example.com/go");
  });
});

describe("The memory of Shlink's workers", () => {
  it("decides how many there are", async () => {
    const prod = await synth("prod", { shlink: { workerMemory: "256Mi" } });
    const text = prod.text();
    for (const [name, value] of [
      ["MEMORY_LIMIT", "256M"],
      ["WEB_WORKER_NUM", "2"],
      ["TASK_WORKER_NUM", "1"],
    ])
      assert.ok(text.includes(`"${name}","value":"${value}"`), name);
  });
});
