import type * as pulumi from "@pulumi/pulumi";

/** The paths of the REST API that Shlink serves, in each of its versions. */
const apiPaths = (basePath: string) =>
  ["v1", "v2", "v3"].map((version) => `${basePath}/rest/${version}/*`);

/**
 * One ALLOW policy denies all that it does not list, so it lists everything public: redirects and health
 * for anybody, the API for whom Shlink itself accepts the key. A rule that asked for the key's header here
 * would turn Shlink's 401 into a 403 and stop browsers' preflight requests. Only the gateway may call.
 */
export function authorizationSpec(gatewayPrincipal: pulumi.Input<string>, basePath: string) {
  const from = [{ source: { principals: [gatewayPrincipal] } }];
  const methods = ["GET", "HEAD"];
  const rest = `${basePath}/rest`;
  const below = basePath === "" ? {} : { paths: [basePath, `${basePath}/*`] };
  return {
    action: "ALLOW",
    rules: [
      { from, to: [{ operation: { methods, ...below, notPaths: [rest, `${rest}/*`] } }] },
      { from, to: [{ operation: { methods, paths: [`${rest}/health`] } }] },
      { from, to: [{ operation: { paths: apiPaths(basePath) } }] },
    ],
  };
}

/** Keeps all but the named networks away from the REST API. */
export function apiClientsSpec(hosts: string[], clients: string[], basePath: string) {
  const names = hosts.flatMap((host) => [host, `${host}:*`]);
  return {
    action: "DENY",
    rules: [
      {
        from: [{ source: { notRemoteIpBlocks: clients } }],
        to: [{ operation: { hosts: names, paths: apiPaths(basePath) } }],
      },
    ],
  };
}
