import type { z } from "zod";
import type { mesh } from "./mesh.ts";
import type { routing } from "./routing.ts";
import type { webClient } from "./web-client.ts";

interface FrontDoor {
  mesh: z.infer<typeof mesh>;
  routing: z.infer<typeof routing>;
  webClient: z.infer<typeof webClient>;
}

/** The names of what is made for one host begin with a dozen characters more, and an object's name has 253 at most. */
const longestHost = 240;

/** Rules between the gateway's Service and what is routed through it. */
export function checkFrontDoor(settings: FrontDoor, context: z.RefinementCtx): void {
  const refuse: Refuse = (path, message) => context.addIssue({ code: "custom", path, message });
  const { mesh, routing, webClient } = settings;
  const { tls } = routing;
  const page = webClient.mode === "none" ? [] : [webClient.host];
  const hosts = [...routing.hosts, ...page];
  if (page.some((host) => routing.hosts.includes(host)))
    refuse(["webClient", "host"], "must be none of routing.hosts, where links are");
  if (mesh.mode === "existing") checkForeignGateway(settings, refuse);
  else if (tls.mode === "edge") checkEdge(mesh, routing.trustedProxies, refuse);
  if (tls.mode === "secret" && typeof tls.credentialName !== "string")
    checkCredentials(hosts, tls.credentialName, refuse);
  const perHost = tls.mode === "certManager" && (tls.certificates === "perHost" || tls.http01);
  const long = hosts.findIndex((host) => perHost && host.length > longestHost);
  if (long !== -1)
    refuse(
      long < routing.hosts.length ? ["routing", "hosts", long] : ["webClient", "host"],
      `must have at most ${longestHost} characters with routing.tls.certificates perHost or http01`,
    );
}

type Refuse = (path: (string | number)[], message: string) => void;

function checkEdge(
  { gateway: { service } }: Extract<FrontDoor["mesh"], { mode: "install" }>,
  trustedProxies: number,
  refuse: Refuse,
): void {
  if (trustedProxies === 0 && !service.proxyProtocol)
    refuse(
      ["routing", "trustedProxies"],
      "must be at least 1 with routing.tls edge, or mesh.gateway.service.proxyProtocol true: all visitors would have " +
        "the proxy's address",
    );
  if ("externalTrafficPolicy" in service && service.externalTrafficPolicy === "Cluster")
    refuse(
      ["mesh", "gateway", "service", "externalTrafficPolicy"],
      "must be Local with routing.tls edge: the gateway would see nodes in place of the named proxies",
    );
}

/** What would have to be made in the namespace of a gateway that is not this stack's. */
function checkForeignGateway({ routing, webClient }: FrontDoor, refuse: Refuse): void {
  const why =
    "with mesh.mode existing: it would have to be made in the gateway's namespace, which is not this stack's";
  if (!["secret", "plaintext"].includes(routing.tls.mode))
    refuse(["routing", "tls", "mode"], `must be secret or plaintext ${why}`);
  if (routing.apiClients !== undefined)
    refuse(["routing", "apiClients"], `must be left out ${why}`);
  if (webClient.mode !== "none" && webClient.clients !== undefined)
    refuse(["webClient", "clients"], `must be left out ${why}`);
}

function checkCredentials(
  hosts: string[],
  credentials: Record<string, string>,
  refuse: Refuse,
): void {
  const path = ["routing", "tls", "credentialName"];
  for (const host of hosts)
    if (!(host in credentials)) refuse(path, `must name the Secret of ${host}, too`);
  for (const host of Object.keys(credentials))
    if (!hosts.includes(host))
      refuse(path, `names ${host}, which is none of routing.hosts, nor webClient.host`);
}
