import { scramVerifier } from "../../../components/database/scram.ts";
import type { Event, Facts, KubeObject } from "../../../doctor/facts.ts";
import { collections } from "../../../doctor/observe/lists.ts";
import { certificate } from "./certificate.ts";

type Listed = Partial<KubeObject & Event>;

const namespaceOf = ({ metadata, involvedObject }: Listed) =>
  metadata?.namespace ?? involvedObject?.namespace;

const base64 = (text: string) => Buffer.from(text).toString("base64");
const secret = (data: Record<string, string>, labels: object = {}) => ({
  metadata: { labels },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
});

/** Values that no output may have. */
export const marked = {
  password: "MARKED-database-password",
  redis: "MARKED-redis-password",
  apiKey: "MARKED-api-key",
  key: "MARKED-private-key",
};

export const verifier = scramVerifier(marked.password, base64("0123456789abcdef"));

/** What an API server answers whose cluster has these facts, by method and path. */
export function served(facts: Facts): Record<string, unknown> {
  const items = (list: unknown) => ({ items: list });
  const lists = collections.flatMap(({ fact, api, resource, places }) =>
    places.map((place) => {
      const own = (facts[fact] as Listed[]).filter((one) => namespaceOf(one) === place);
      return [`GET /${api}/namespaces/${place}/${resource}`, items(own)] as const;
    }),
  );
  const definitions = facts.definitions.map((name) => ({ metadata: { name } }));
  const [user] = facts.userSecrets;
  const vault = { initialized: true, sealed: false, standby: false };
  const gateway = "GET /api/v1/namespaces/istio-ingress/pods/http:gateway-0:80/proxy";
  const secrets = (namespace: string, name: string) =>
    `GET /api/v1/namespaces/${namespace}/secrets/${name}`;
  return {
    "GET /version": { gitVersion: "v1.35.0" },
    "GET /api/v1/namespaces": items(facts.namespaces),
    "GET /api/v1/nodes": items(facts.nodes),
    "GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions": items(definitions),
    ...Object.fromEntries(lists),
    "GET /api/v1/namespaces/vault/pods/http:vault-0:8200/proxy/v1/sys/health": vault,
    [`${gateway}/robots.txt`]: {},
    [`${gateway}/rest/health`]: {},
    [secrets("postgres", "shlink-db-pguser-shlink")]: secret(
      { password: marked.password, verifier, user: "shlink" },
      user?.labels,
    ),
    [secrets("shlink", "shlink-secrets")]: secret({
      "db-password": marked.password,
      "redis-password": marked.redis,
      "api-key": marked.apiKey,
    }),
    [secrets("postgres", "shlink-db-cluster-cert")]: secret({
      "tls.crt": certificate("db", 90),
      "tls.key": `-----BEGIN KEY-----\n${marked.key}\n-----END KEY-----`,
    }),
    "GET /api/v1/namespaces/shlink/configmaps/istio-ca-root-cert": {
      data: { "root-cert.pem": certificate("mesh", 90) },
    },
  };
}
