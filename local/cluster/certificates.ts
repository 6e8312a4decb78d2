import { access, chmod, readFile, writeFile } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { run } from "./command.ts";
import { clusterDomain, clusterName, kubernetesServiceAddress, nodeAddress } from "./layout.ts";

export interface CertificateRequest {
  name: string;
  signer: "ca" | "front-proxy-ca";
  commonName: string;
  organisation?: string;
  /** Subject alternative names; their presence makes it a server certificate. */
  names?: string[];
}

const apiServerNames = [
  "DNS:localhost",
  "IP:127.0.0.1",
  `IP:${nodeAddress}`,
  `IP:${kubernetesServiceAddress}`,
  "DNS:kubernetes",
  "DNS:kubernetes.default",
  "DNS:kubernetes.default.svc",
  `DNS:kubernetes.default.svc.${clusterDomain}`,
];

export const certificateRequests: CertificateRequest[] = [
  { name: "apiserver", signer: "ca", commonName: "kube-apiserver", names: apiServerNames },
  {
    name: "apiserver-kubelet-client",
    signer: "ca",
    commonName: "kube-apiserver-kubelet-client",
    organisation: "system:masters",
  },
  { name: "front-proxy-client", signer: "front-proxy-ca", commonName: "front-proxy-client" },
  { name: "admin", signer: "ca", commonName: "kubernetes-admin", organisation: "system:masters" },
  { name: "controller-manager", signer: "ca", commonName: "system:kube-controller-manager" },
  { name: "scheduler", signer: "ca", commonName: "system:kube-scheduler" },
  { name: "kube-proxy", signer: "ca", commonName: "system:kube-proxy" },
  {
    name: "node",
    signer: "ca",
    commonName: `system:node:${clusterName}`,
    organisation: "system:nodes",
  },
  {
    name: "kubelet",
    signer: "ca",
    commonName: clusterName,
    names: [`DNS:${clusterName}`, `IP:${nodeAddress}`, "IP:127.0.0.1"],
  },
];

// Of the system's own openssl.cnf nothing is used: it would add extensions of its own.
const emptyConfig = "[req]\ndistinguished_name = none\n[none]\n";

function configFile(pki: string): string {
  return join(pki, "openssl.cnf");
}

function request(pki: string): string[] {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
  return ["req", "-x509", "-config", configFile(pki), ...key, "-days", "3650"];
}

function added(extensions: string[]): string[] {
  return extensions.flatMap((extension) => ["-addext", extension]);
}

export function authorityArguments(pki: string, name: string): string[] {
  const files = ["-keyout", join(pki, `${name}.key`), "-out", join(pki, `${name}.crt`)];
  const extensions = [
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,digitalSignature,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash",
  ];
  return [...request(pki), ...files, "-subj", `/CN=${name}`, ...added(extensions)];
}

export function certificateArguments(pki: string, wanted: CertificateRequest): string[] {
  const signer = join(pki, wanted.signer);
  const organisation = wanted.organisation ? `/O=${wanted.organisation}` : "";
  const extensions = [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    `extendedKeyUsage=${wanted.names ? "serverAuth" : "clientAuth"}`,
    "authorityKeyIdentifier=keyid",
    ...(wanted.names ? [`subjectAltName=${wanted.names.join(",")}`] : []),
  ];
  return [
    ...[...request(pki), "-CA", `${signer}.crt`, "-CAkey", `${signer}.key`],
    ...["-keyout", join(pki, `${wanted.name}.key`), "-out", join(pki, `${wanted.name}.crt`)],
    ...["-subj", `${organisation}/CN=${wanted.commonName}`, ...added(extensions)],
  ];
}

/** Makes both authorities, every certificate and the service account key pair, once. */
export async function createCertificates(pki: string): Promise<void> {
  const complete = join(pki, "complete");
  if (
    await access(complete).then(
      () => true,
      () => false,
    )
  )
    return;
  await writeFile(configFile(pki), emptyConfig, { mode: 0o600 });
  await Promise.all([
    run("openssl", authorityArguments(pki, "ca")),
    run("openssl", authorityArguments(pki, "front-proxy-ca")),
    createServiceAccountKeys(pki),
  ]);
  await Promise.all(
    certificateRequests.map((wanted) => run("openssl", certificateArguments(pki, wanted))),
  );
  const names = ["ca", "front-proxy-ca", ...certificateRequests.map((wanted) => wanted.name)];
  await Promise.all(names.map((name) => chmod(join(pki, `${name}.key`), 0o600)));
  await writeFile(complete, "", { mode: 0o600 });
}

async function createServiceAccountKeys(pki: string): Promise<void> {
  const [key, pub] = [join(pki, "service-account.key"), join(pki, "service-account.pub")];
  await run("openssl", [
    "genpkey",
    "-algorithm",
    "RSA",
    "-pkeyopt",
    "rsa_keygen_bits:2048",
    "-out",
    key,
  ]);
  await chmod(key, 0o600);
  await run("openssl", ["pkey", "-in", key, "-pubout", "-out", pub]);
}

/** The subject alternative names that a certificate file really has. */
export async function namesOf(file: string): Promise<string[]> {
  const certificate = new X509Certificate(await readFile(file));
  return (certificate.subjectAltName ?? "").split(", ").filter((name) => name !== "");
}
