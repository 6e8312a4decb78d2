import { generateKeyPair } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  createAuthority,
  ExtendedKeyUsage,
  issueCertificate,
  type JsonGeneralNames,
  type KeyPair,
} from "../lib/x509.ts";
import {
  clusterDomain,
  clusterName,
  kubernetesServiceAddress,
  kubeRouterUser,
  nodeAddress,
} from "./layout.ts";

const validityDays = 3650;
const authorities = ["ca", "front-proxy-ca"] as const;

export interface CertificateRequest {
  name: string;
  signer: (typeof authorities)[number];
  commonName: string;
  organization?: string;
  /** Subject alternative names; their presence makes it a server certificate. */
  names?: JsonGeneralNames;
}

const dns = (value: string) => ({ type: "dns", value }) as const;
const ip = (value: string) => ({ type: "ip", value }) as const;

const apiServerNames = [
  ...[nodeAddress, kubernetesServiceAddress, "127.0.0.1"].map(ip),
  ...["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"].map(dns),
  dns(`kubernetes.default.svc.${clusterDomain}`),
];

export const certificateRequests: CertificateRequest[] = [
  { name: "apiserver", signer: "ca", commonName: "kube-apiserver", names: apiServerNames },
  {
    name: "apiserver-kubelet-client",
    signer: "ca",
    commonName: "kube-apiserver-kubelet-client",
    organization: "system:masters",
  },
  { name: "front-proxy-client", signer: "front-proxy-ca", commonName: "front-proxy-client" },
  { name: "admin", signer: "ca", commonName: "kubernetes-admin", organization: "system:masters" },
  { name: "controller-manager", signer: "ca", commonName: "system:kube-controller-manager" },
  { name: "scheduler", signer: "ca", commonName: "system:kube-scheduler" },
  { name: "kube-proxy", signer: "ca", commonName: "system:kube-proxy" },
  { name: "kube-router", signer: "ca", commonName: kubeRouterUser },
  {
    name: "node",
    signer: "ca",
    commonName: `system:node:${clusterName}`,
    organization: "system:nodes",
  },
  {
    name: "kubelet",
    signer: "ca",
    commonName: clusterName,
    names: [dns(clusterName), ip(nodeAddress), ip("127.0.0.1")],
  },
];

/** Makes both authorities, every certificate and the service account key pair, once. */
export async function createCertificates(pki: string): Promise<void> {
  const complete = join(pki, "complete");
  if (existsSync(complete)) return;
  for (const authority of authorities) {
    const pair = await createAuthority({ commonName: authority, validityDays });
    await writePair(pki, authority, pair);
    for (const request of certificateRequests.filter(({ signer }) => signer === authority))
      await writePair(pki, request.name, await issue(pair, request));
  }
  await createServiceAccountKeys(pki);
  await writeFile(complete, "", { mode: 0o600 });
}

function issue(authority: KeyPair, { commonName, organization, names }: CertificateRequest) {
  const use = names === undefined ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth;
  return issueCertificate(authority, {
    commonName,
    organization,
    names,
    validityDays,
    uses: [use],
  });
}

async function writePair(pki: string, name: string, { certificate, key }: KeyPair): Promise<void> {
  await writeFile(join(pki, `${name}.crt`), certificate);
  await writeFile(join(pki, `${name}.key`), key, { mode: 0o600 });
}

async function createServiceAccountKeys(pki: string): Promise<void> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  await writeFile(join(pki, "service-account.key"), privateKey, { mode: 0o600 });
  await writeFile(join(pki, "service-account.pub"), publicKey);
}
