import type * as pulumi from "@pulumi/pulumi";
import type { JwtLogin, Page } from "./settings.ts";

/** What browsers are told of the page: no other page may show it in a frame, or learn where its links lead. */
const headers = {
  "content-security-policy": "frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};
const hsts = { "strict-transport-security": "max-age=31536000; includeSubDomains" };

/** A page is only read: whatever else is asked finds no route. */
export function pageRoutes(
  host: string,
  service: pulumi.Input<string>,
  port: number,
  https: boolean,
) {
  return {
    hosts: [host],
    gateways: ["shlink-gateway"],
    http: [
      {
        name: "web-client",
        match: ["GET", "HEAD"].map((exact) => ({ method: { exact }, uri: { prefix: "/" } })),
        route: [{ destination: { host: service, port: { number: port } } }],
        headers: { response: { set: { ...headers, ...(https ? hsts : {}) } } },
        timeout: "10s",
      },
    ],
  };
}

/** The gateway alone reads the page, and where there is a login, only for those who bring a token. */
export const pageReaders = (gatewayPrincipal: pulumi.Input<string>, login: Page["login"]) => ({
  action: "ALLOW",
  rules: [
    {
      from: [
        {
          source: {
            principals: [gatewayPrincipal],
            ...(login.mode === "none" ? {} : { requestPrincipals: [`${login.issuer}/*`] }),
          },
        },
      ],
      to: [{ operation: { methods: ["GET", "HEAD"] } }],
    },
  ],
});

/** Which tokens are good, and where they are; a bad one is refused, and none at all is nobody's. */
export const pageTokens = ({ issuer, audiences, keysUrl, header, cookie }: JwtLogin) => ({
  jwtRules: [
    {
      issuer,
      audiences,
      jwksUri: keysUrl,
      ...(header === undefined ? {} : { fromHeaders: [{ name: header }] }),
      ...(cookie === undefined ? {} : { fromCookies: [cookie] }),
    },
  ],
});

/** Keeps all but the named networks away from the page. */
export const pageClients = (host: string, clients: string[]) => ({
  action: "DENY",
  rules: [
    {
      from: [{ source: { notRemoteIpBlocks: clients } }],
      to: [{ operation: { hosts: [host, `${host}:*`] } }],
    },
  ],
});

/** The page calls nobody, but for its sidecar's traces. */
export const pageEgress = (selector: Record<string, string>, calls: string[]) => ({
  workloadSelector: { labels: selector },
  egress: [{ hosts: calls.length === 0 ? ["~/*"] : calls.map((namespace) => `${namespace}/*`) }],
  outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
});
