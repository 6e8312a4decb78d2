/** What a case is about, the settings that are changed, and what the refusal says. */
type Case = [what: string, change: Record<string, unknown>, message: RegExp];

export const service = (own: object) => ({ mesh: { gateway: { service: own } } });
export const balancer = (own: object) => service({ type: "LoadBalancer", ...own });
export const tls = (own: object) => ({ routing: { tls: { credentialName: undefined, ...own } } });
export const edge = (own: object = {}, routing: object = {}) => ({
  routing: {
    tls: { mode: "edge", credentialName: undefined, proxies: ["10.0.0.0/16"], ...own },
    ...routing,
  },
});
export const issuer = { kind: "ClusterIssuer", name: "letsencrypt" };
export const longHost = `${`${"a".repeat(58)}.`.repeat(4)}example.com`;

/** What the API server, Istio or cert-manager would refuse later, or what would lock visitors out or let anybody in. */
export const refusedFrontDoors: Case[] = [
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
  [
    "a PROXY protocol by version",
    balancer({ proxyProtocol: "v2" }),
    /proxyProtocol: must be true or false/,
  ],
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
    /routing\.tls\.http01: must be true or false/,
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
        hosts: [longHost],
        tls: { mode: "certManager", issuer, http01: true, credentialName: undefined },
      },
    },
    /routing\.hosts\.0: must have at most 240 characters/,
  ],
];

const digest = `sha256:${"0".repeat(64)}`;
const taint = { key: "dedicated", value: "shlink" };
const crunchy = { "registry.developers.crunchydata.com": "mirror.example.com" };

/** What the API server or the container runtime would refuse in every pod, or what would hide pods from the program. */
export const refusedPods: Case[] = [
  [
    "a mirror with a scheme",
    { registries: { "docker.io": "https://m.example.com" } },
    /registries\.docker\.io: must be a registry/,
  ],
  [
    "a mirror that ends with a slash",
    { registries: { "docker.io": "m.example.com/" } },
    /registries\.docker\.io: must be a registry/,
  ],
  [
    "a mirror of a path",
    { registries: { "docker.io/library": "m.example.com" } },
    /registries\.docker\.io\/library: must be the host/,
  ],
  [
    "a mirror of PGO's registry alone",
    { registries: crunchy },
    /images\.postgres: must be named with a mirror[^]*images\.pgbackrest: [^]*images\.postgresExporter: /,
  ],
  [
    "a pull secret of another namespace",
    { pullSecrets: ["kube-system/login"] },
    /pullSecrets\.0: must be a DNS subdomain/,
  ],
  [
    "a pull secret twice",
    { pullSecrets: ["login", "login"] },
    /pullSecrets: must name each Secret once/,
  ],
  ["a pull secret as an object", { pullSecrets: [{ name: "login" }] }, /pullSecrets\.0: /],
  [
    "an image by its tag",
    { images: { shlink: "m.example.com/redis:7" } },
    /images\.shlink: must be an image with its digest/,
  ],
  [
    "an image without a registry",
    { images: { shlink: `shlink@${digest}` } },
    /images\.shlink: must be an image with its digest/,
  ],
  [
    "half a digest",
    { images: { shlink: "m.example.com/redis@sha256:00" } },
    /images\.shlink: must be an image with its digest/,
  ],
  [
    "an image that nobody knows",
    { images: { mysql: `m.example.com/mysql@${digest}` } },
    /pods\.images: does not know mysql/,
  ],
  [
    "a node's label that is true",
    { nodeSelector: { "example.com/pool": true } },
    /nodeSelector\.example\.com\/pool: must be a text in quotes/,
  ],
  [
    "a node's label with a space",
    { nodeSelector: { pool: "my pool" } },
    /nodeSelector\.pool: must be a label's value/,
  ],
  [
    "a node's label of 64 characters",
    { nodeSelector: { pool: "a".repeat(64) } },
    /nodeSelector\.pool: must be a label's value: at most 63/,
  ],
  [
    "a toleration of no taint",
    { tolerations: [{ value: "shlink" }] },
    /tolerations\.0\.key: must be named with operator Equal/,
  ],
  [
    "a toleration of any value and one",
    { tolerations: [{ ...taint, operator: "Exists" }] },
    /tolerations\.0\.value: must be left out with operator Exists/,
  ],
  [
    "a toleration of an effect that is none",
    { tolerations: [{ ...taint, effect: "NoRun" }] },
    /tolerations\.0\.effect: .*"NoSchedule"/,
  ],
  [
    "seconds of what never ends",
    { tolerations: [{ ...taint, effect: "NoSchedule", tolerationSeconds: 5 }] },
    /tolerations\.0\.tolerationSeconds: must be left out unless effect is NoExecute/,
  ],
  ["one toleration without its list", { tolerations: taint }, /tolerations: /],
  [
    "a priority class in capitals",
    { priorityClass: "High" },
    /priorityClass: must be a DNS subdomain/,
  ],
  ["a priority as a number", { priorityClass: 1000 }, /priorityClass: /],
  [
    "a label by which Services find pods",
    { labels: { app: "web" } },
    /labels: must not name a label by which pods are found/,
  ],
  [
    "a label by which operators find pods",
    { labels: { "postgres-operator.crunchydata.com/cluster": "x" } },
    /labels: must not name a label/,
  ],
  [
    "a recommended label of Kubernetes",
    { labels: { "app.kubernetes.io/name": "x" } },
    /labels: must not name a label/,
  ],
  [
    "a stack's own mark",
    { labels: { "shlink-platform/stack": "other" } },
    /labels: must not name a label/,
  ],
  [
    "a label with an empty name",
    { labels: { "example.com/": "x" } },
    /labels\.example\.com\/: must be a name such as/,
  ],
  [
    "an annotation that configures the gateway",
    { annotations: { "proxy.istio.io/config": "{}" } },
    /annotations: must not name an annotation that the program sets/,
  ],
  [
    "an annotation that is a list",
    { annotations: { "example.com/a": ["b"] } },
    /annotations\.example\.com\/a: must be a text in quotes/,
  ],
  [
    "a key of Kubernetes that is not of this section",
    { affinity: {} },
    /pods: does not know affinity/,
  ],
];
