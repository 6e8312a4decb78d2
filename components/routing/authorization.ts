import type * as pulumi from "@pulumi/pulumi";

const rest = ["/rest", "/rest/*"];
/** The paths of the REST API that Shlink 4 serves. */
const api = ["/rest/v1/*", "/rest/v2/*", "/rest/v3/*"];
const health = ["/rest/health"];

/**
 * One ALLOW policy denies all that it does not list, so it lists everything public: redirects and health
 * for anybody, the API for whom Shlink itself accepts the key. A rule that asked for the key's header here
 * would turn Shlink's 401 into a 403 and stop browsers' preflight requests. Only the gateway may call.
 */
export function authorizationSpec(gatewayPrincipal: pulumi.Input<string>) {
  const from = [{ source: { principals: [gatewayPrincipal] } }];
  return {
    action: "ALLOW",
    rules: [
      { from, to: [{ operation: { methods: ["GET", "HEAD"], notPaths: rest } }] },
      { from, to: [{ operation: { methods: ["GET", "HEAD"], paths: health } }] },
      { from, to: [{ operation: { paths: api } }] },
    ],
  };
}

/** Keeps all but the named networks away from the REST API. */
export function apiClientsSpec(hosts: string[], clients: string[]) {
  return {
    action: "DENY",
    rules: [
      {
        from: [{ source: { notRemoteIpBlocks: clients } }],
        to: [{ operation: { hosts: hosts.flatMap((host) => [host, `${host}:*`]), paths: api } }],
      },
    ],
  };
}
