import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { parseSettings } from "../../settings/index.ts";

type Case = [what: string, change: Record<string, unknown>, message: RegExp];

const service = (own: object) => ({ mesh: { gateway: { service: own } } });
const balancer = (own: object) => service({ type: "LoadBalancer", ...own });
const tls = (own: object) => ({ routing: { tls: { credentialName: undefined, ...own } } });
const edge = (own: object = {}, routing: object = {}) => ({
  routing: {
    tls: { mode: "edge", credentialName: undefined, proxies: ["10.0.0.0/16"], ...own },
    ...routing,
  },
});
const issuer = { kind: "ClusterIssuer", name: "letsencrypt" };
const long = `${`${"a".repeat(58)}.`.repeat(4)}example.com`;

/** What the API server, Istio or cert-manager would refuse later, or what would lock visitors out or let anybody in. */
const frontDoor: Case[] = [
  [
    "an annotation that is a number",
    balancer({ annotations: { "a.b/c": 1 } }),
    /annotations\.a\.b\/c: must be a text in quotes/,
  ],
  [
    "an annotation with a space in its name",
    balancer({ annotations: { "my key": "1" } }),
    /annotations\.my key: must be a name such as/,
  ],
  [
    "an annotation of a domain in capitals",
    balancer({ annotations: { "A.B/c": "1" } }),
    /annotations\.A\.B\/c: must be a name/,
  ],
  [
    "a class that is a sentence",
    balancer({ loadBalancerClass: "the nlb" }),
    /loadBalancerClass: must be a name such as/,
  ],
  [
    "a class without a load balancer",
    service({ type: "ClusterIP", loadBalancerClass: "a/b" }),
    /service: does not know loadBalancerClass/,
  ],
  [
    "a host in place of an address",
    balancer({ loadBalancerIP: "lb.example.com" }),
    /loadBalancerIP: must be an IP address/,
  ],
  [
    "a network in place of an address",
    balancer({ externalIPs: ["192.0.2.0/24"] }),
    /externalIPs\.0: must be an IP address/,
  ],
  ["no address in a list of them", balancer({ externalIPs: [] }), /externalIPs: /],
  [
    "an address in place of a network",
    balancer({ loadBalancerSourceRanges: ["192.0.2.1"] }),
    /loadBalancerSourceRanges\.0: must be a CIDR/,
  ],
  [
    "source ranges that name nobody",
    balancer({ loadBalancerSourceRanges: [] }),
    /loadBalancerSourceRanges: /,
  ],
  ["a PROXY protocol by version", balancer({ proxyProtocol: "v2" }), /proxyProtocol: .*boolean/],
  [
    "a platform that Istio's charts do not know",
    { mesh: { platform: "eks" } },
    /mesh\.platform: .*"gke"/,
  ],
  [
    "an edge that names no proxy",
    edge({ proxies: [] }, { trustedProxies: 1 }),
    /routing\.tls\.proxies: /,
  ],
  [
    "an edge that believes everybody",
    edge({ proxies: ["0.0.0.0/0"] }, { trustedProxies: 1 }),
    /routing\.tls\.proxies\.0: must not be every address/,
  ],
  [
    "an edge that believes everybody of IPv6",
    edge({ proxies: ["::/0"] }, { trustedProxies: 1 }),
    /routing\.tls\.proxies\.0: must not be every address/,
  ],
  [
    "an edge behind which all visitors are one",
    edge(),
    /routing\.trustedProxies: must be at least 1 with routing\.tls edge/,
  ],
  [
    "an edge that is seen as nodes",
    { ...edge({}, { trustedProxies: 1 }), ...balancer({ externalTrafficPolicy: "Cluster" }) },
    /service\.externalTrafficPolicy: must be Local with routing\.tls edge/,
  ],
  [
    "an edge with a certificate",
    edge({ credentialName: "tls" }, { trustedProxies: 1 }),
    /routing\.tls: does not know credentialName/,
  ],
  [
    "a Secret's name with a slash",
    tls({ mode: "secret", credentialName: "ns/tls" }),
    /credentialName: must be a DNS subdomain/,
  ],
  [
    "a Secret for a wildcard",
    tls({ mode: "secret", credentialName: { "*.example.com": "a" } }),
    /credentialName: must be a DNS subdomain/,
  ],
  [
    "hosts without a Secret",
    {
      routing: {
        hosts: ["s.example.com", "t.example.com"],
        tls: { credentialName: { "s.example.com": "a" } },
      },
    },
    /credentialName: must name the Secret of t\.example\.com, too/,
  ],
  [
    "a Secret for a host that is none",
    tls({ mode: "secret", credentialName: { "s.example.com": "a", "t.example.com": "b" } }),
    /credentialName: names t\.example\.com, which is none of routing\.hosts/,
  ],
  [
    "certificates for some hosts",
    tls({ mode: "certManager", issuer, certificates: "some" }),
    /routing\.tls\.certificates: .*"shared"/,
  ],
  [
    "HTTP-01 by name",
    tls({ mode: "certManager", issuer, http01: "yes" }),
    /routing\.tls\.http01: .*boolean/,
  ],
  [
    "an issuer's name in capitals",
    tls({ mode: "certManager", issuer: { ...issuer, name: "LetsEncrypt" } }),
    /issuer\.name: must be a DNS subdomain/,
  ],
  [
    "a host too long for objects of its own",
    {
      routing: {
        hosts: [long],
        tls: { mode: "certManager", issuer, http01: true, credentialName: undefined },
      },
    },
    /routing\.hosts\.0: must have at most 240 characters/,
  ],
];

const accepted: [string, Record<string, unknown>][] = [
  ["an edge with trusted proxies", edge({}, { trustedProxies: 1 })],
  ["an edge with the PROXY protocol", { ...edge(), ...balancer({ proxyProtocol: true }) }],
  [
    "an edge inside of the cluster",
    { ...edge({}, { trustedProxies: 1 }), ...service({ type: "ClusterIP" }) },
  ],
  [
    "a Secret's name of 253 characters",
    tls({ mode: "secret", credentialName: `${"a.".repeat(126)}a` }),
  ],
  [
    "an issuer's name with dots",
    tls({ mode: "certManager", issuer: { ...issuer, name: "le.prod" } }),
  ],
  ["a host of 253 characters with a shared certificate", { routing: { hosts: [long] } }],
  ["an annotation with an empty value", balancer({ annotations: { "a.example.com/B_c.d": "" } })],
];

/** As a stack file has them: what is undefined is not there. */
const settingsWith = (change: Record<string, unknown>): unknown =>
  JSON.parse(JSON.stringify(merge(stackSettings("prod"), change)));

describe("Settings of the front door", () => {
  for (const [what, change, message] of frontDoor)
    it(`refuse ${what} in one line`, () => {
      assert.throws(
        () => parseSettings("Pulumi.prod.yaml", settingsWith(change)),
        (error: Error) => {
          assert.match(error.message, message);
          assert.equal(error.message.split("\n").length, 2, error.message);
          return true;
        },
      );
    });

  for (const [what, change] of accepted)
    it(`accept ${what}`, () => {
      parseSettings("Pulumi.prod.yaml", settingsWith(change));
    });
});
