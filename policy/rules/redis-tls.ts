/** A Redis that is not the stack's is reached by TLS. */

import { check } from "../engine/policy.ts";
import type { Policy } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";
import type { KubeObject } from "../engine/normalise.ts";
import { containers, literalEnv, podTemplate } from "../engine/podspecs.ts";

export const redisTls: Policy = {
  name: "redis-tls",
  title: "Connections to a Redis of others use TLS",
  description: "A Redis that no RedisFailover of the stack makes is asked for TLS, wherever it is.",
  severity: "high",
  tags: ["redis", "tls"],
  limits:
    "An address in the cluster is read from variables of pods, ExternalSecrets and Secrets; in an exported stack the Secrets are encrypted. Whether the mesh encrypts what goes there is not seen.",
  checks: {
    D17: check(
      "a Redis of others is reached in clear",
      "The password crosses networks that are not the stack's, and so does what it guards.",
      "Set redis.servers.tls; Shlink has none behind sentinels: exempt the object where that network is trusted.",
    ),
  },
  checkStack(resources, judge) {
    const objects = resources.flatMap((resource) => resource.objects);
    const own = objects.filter(isFailover).map(({ namespace }) => namespace);
    for (const object of objects) {
      for (const name of portNames(object))
        judge.when("D17", name, (node) => /^(tcp|redis)-redis\b/.test(node.text()));
      for (const { node, text } of addresses(object))
        judge.when("D17", node, () => split(text).some((one) => inClear(one, own)));
    }
  },
};

const isFailover = ({ kind, group }: KubeObject) =>
  kind === "RedisFailover" && group === "databases.spotahome.com";

/** Outside of the cluster a ServiceEntry names it. To Istio all is TCP: the port's name says what goes through it. */
const portNames = ({ kind, group, root }: KubeObject) =>
  kind === "ServiceEntry" && group === "networking.istio.io"
    ? root
        .at("spec.ports")
        .items()
        .map((port) => port.get("name"))
    : [];

/** Names of variables and keys that hold an address of Redis. */
const NAMED = /redis.*(servers?|ur[il]s?|dsn|hosts?|addr(ess(es)?)?)$/i;

interface Address {
  node: Cursor;
  text: string;
}

/** Where an object says how Redis is reached: variables of pods, what External Secrets fills in, Secrets. */
function addresses(object: KubeObject): Address[] {
  const { kind, group, root } = object;
  const spec = podTemplate(object)?.spec;
  if (spec !== undefined)
    return containers(spec)
      .flatMap(literalEnv)
      .filter(({ name }) => NAMED.test(name))
      .map(({ value }) => ({ node: value, text: value.text() }));
  if (kind === "ExternalSecret" && group === "external-secrets.io")
    return named(root.at("spec.target.template.data"), filledIn);
  if (kind !== "Secret" || group !== "") return [];
  return [...named(root.get("stringData"), same), ...named(root.get("data"), decoded)];
}

const named = (node: Cursor, read: (text: string) => string): Address[] =>
  node
    .entries()
    .filter(([key]) => NAMED.test(key))
    .map(([, value]) => ({ node: value, text: read(value.text()) }));

const same = (text: string) => text;
const filledIn = (template: string) => template.replaceAll(/\{\{.*?\}\}/g, "value");
const decoded = (text: string) => Buffer.from(text, "base64").toString();

const split = (text: string) => text.split(/[,;\s]+/);

/** In the cluster those servers are the stack's that are in the namespace of a RedisFailover of its own. */
function inClear(address: string, own: string[]): boolean {
  const { scheme = "tcp", host = "" } =
    /^(?:(?<scheme>[a-z]+):\/\/)?(?:.*@)?(?<host>[^:/?#]+)/i.exec(address)?.groups ?? {};
  if (/^(tls|rediss|ssl)$/i.test(scheme)) return false;
  const [, namespace] = /^[^.]+\.([^.]+)\.svc(\.cluster\.local\.?)?$/i.exec(host) ?? [];
  return namespace !== undefined && !own.includes(namespace);
}
