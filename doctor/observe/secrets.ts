import { createPrivateKey, X509Certificate } from "node:crypto";
import { scramVerifier } from "../../components/database/scram.ts";
import { reasonOf } from "../../effects/reason.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Certificate, Facts, Seen, UserSecret } from "../facts.ts";
import { credentialsOf } from "../findings/gateway.ts";
import { inNamespace, podsOf } from "../readings.ts";
import type { Redaction } from "../redaction.ts";
import { type Access, attempt, refusal, seen } from "./access.ts";
import { storedVerifier } from "./inside.ts";

interface Secret {
  metadata: { labels?: Record<string, string> };
  data?: Record<string, string>;
}

/** What stands in a Secret besides the secret, and in the clear elsewhere. */
const publicKeys = [
  "user",
  "db-user",
  "dbname",
  "host",
  "port",
  "tls.crt",
  "ca.crt",
  "cert",
  "cacert",
];

/** The decoded values of a Secret, which the redaction knows from then on; undefined where there is none. */
async function read(access: Access, redaction: Redaction, namespace: string, name: string) {
  const { status, body } = await access.ask<Secret>(
    `/api/v1/namespaces/${namespace}/secrets/${name}`,
  );
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(refusal(`get Secret ${namespace}/${name}`, status));
  const data = Object.entries(body.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, "base64").toString()] as const,
  );
  for (const [key, value] of data) if (!publicKeys.includes(key)) redaction.hide(value);
  return { labels: body.metadata.labels ?? {}, values: Object.fromEntries(data) };
}

/** Compares the passwords of the database's users, and says only whether they are equal. */
export const compareUserSecrets = (
  access: Access,
  redaction: Redaction,
  { externalSecrets, pods }: Pick<Facts, "externalSecrets" | "pods">,
) =>
  attempt<UserSecret[]>(async () => {
    const targets = externalSecrets
      .filter(inNamespace(workloads.postgres.namespace))
      .flatMap(({ spec }) => spec?.target?.name ?? []);
    const stored = await storedVerifier(access, pods);
    if (stored.known) redaction.hide(stored.value);
    const compared = await Promise.all(
      targets.map((name) => compare(access, redaction, name, stored)),
    );
    return seen(compared.flat());
  });

async function compare(
  access: Access,
  redaction: Redaction,
  name: string,
  stored: Seen<string>,
): Promise<UserSecret[]> {
  const secret = await read(access, redaction, workloads.postgres.namespace, name);
  if (secret === undefined) return [];
  const { password, verifier } = secret.values;
  const own = await shlinkPassword(access, redaction);
  const agree = (a: string | undefined, b: string | undefined) =>
    a === undefined || b === undefined ? undefined : a === b;
  return [
    {
      name,
      labels: secret.labels,
      verifierFits:
        password === undefined || verifier === undefined ? undefined : fits(password, verifier),
      serverAgrees: stored.known ? agree(verifier, stored.value) : undefined,
      shlinkAgrees: agree(password, own),
    },
  ];
}

/** Shlink's own copy of the user's password; an account that may not read it compares the rest. */
async function shlinkPassword(access: Access, redaction: Redaction) {
  const { namespace } = workloads.shlink;
  const secret = await read(access, redaction, namespace, "shlink-secrets").catch(() => undefined);
  // After a rotation Shlink has a login of its own.
  return secret?.values["db-user"] === undefined ? secret?.values["db-password"] : undefined;
}

/** Whether a verifier was made of a password, with the salt that stands in it. */
function fits(password: string, verifier: string): boolean {
  const [, salt = ""] = /^SCRAM-SHA-256\$\d+:([^$]+)\$/.exec(verifier) ?? [];
  return scramVerifier(password, salt) === verifier;
}

type Holders = Pick<Facts, "pods" | "gateways" | "postgresClusters">;

/** Where the certificates lie that others check. */
function holders({
  pods,
  gateways,
  postgresClusters,
}: Holders): [namespace: string, name: string][] {
  const mounted = podsOf(pods, "vault").flatMap(({ spec }) =>
    (spec?.volumes ?? []).flatMap(({ name, secret }) =>
      name === "tls" && secret !== undefined ? [secret.secretName] : [],
    ),
  );
  return [
    ...[...new Set(mounted)].map((name): [string, string] => [workloads.vault.namespace, name]),
    ...credentialsOf(gateways).map((name): [string, string] => [workloads.gateway.namespace, name]),
    ...postgresClusters.map(({ metadata }): [string, string] => [
      workloads.postgres.namespace,
      `${metadata.name}-cluster-cert`,
    ]),
  ];
}

export const readCertificates = (access: Access, redaction: Redaction, facts: Holders) =>
  attempt<Certificate[]>(async () => {
    const secrets = holders(facts).map(async ([namespace, secret]): Promise<Certificate> => ({
      namespace,
      secret,
      ...(await certificateIn(access, redaction, namespace, secret)),
    }));
    return seen((await Promise.all([...secrets, meshRoot(access)])).flat());
  });

const absent = { there: false };

/** One that cannot be read leaves the others as they are. */
async function certificateIn(
  ...where: Parameters<typeof read>
): Promise<Omit<Certificate, "namespace" | "secret">> {
  try {
    const values = (await read(...where))?.values;
    const pem = values?.["tls.crt"] ?? values?.["cert"];
    return isCertificate(pem) ? { there: true, pem, ...keyOf(pem, values) } : absent;
  } catch (error) {
    return { ...absent, unseen: reasonOf(error) };
  }
}

/** Whether the key that belongs to a served certificate is beside it, under either of the names that Istio knows. */
function keyOf(pem: string, values: Record<string, string> = {}): Pick<Certificate, "keyFits"> {
  const key = values["tls.key"] ?? values["key"] ?? "";
  try {
    return { keyFits: new X509Certificate(pem).checkPrivateKey(createPrivateKey(key)) };
  } catch {
    return { keyFits: false };
  }
}

function isCertificate(pem: string | undefined): pem is string {
  try {
    return new X509Certificate(pem ?? "").validTo !== "";
  } catch {
    return false;
  }
}

/** The mesh's authority, which istiod leaves in every namespace. */
async function meshRoot({ ask }: Access): Promise<Certificate[]> {
  const { namespace } = workloads.shlink;
  const name = "istio-ca-root-cert";
  const { status, body } = await ask<{ data?: Record<string, string> }>(
    `/api/v1/namespaces/${namespace}/configmaps/${name}`,
  );
  const pem = body.data?.["root-cert.pem"];
  const certificate = { namespace, secret: name };
  if (status !== 200 && status !== 404)
    return [
      { ...certificate, ...absent, unseen: refusal(`get ConfigMap ${namespace}/${name}`, status) },
    ];
  return isCertificate(pem) ? [{ ...certificate, there: true, pem }] : [];
}
