import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import { audience, type VaultServer } from "./server.ts";

export interface ScriptPodArgs {
  server: VaultServer;
  source: k8s.core.v1.ConfigMap;
  env: Record<string, pulumi.Input<string>>;
  account: string;
  /** A volume that the script writes to, and where it is mounted. */
  data?: { claimName: pulumi.Input<string>; mountPath: string };
}

/** A pod that runs one of our scripts, with a short-lived token for Vault and trust in Vault's authority. */
export function scriptPod(
  script: string,
  { server, source, env, account, data }: ScriptPodArgs,
): k8s.types.input.core.v1.PodSpec {
  const { volumes, volumeMounts } = podVolumes(source, server.tls, data);
  const ca: ScriptPodArgs["env"] =
    server.tls.mode === "secret" ? { VAULT_CACERT: "/tls/ca.crt" } : {};
  return {
    serviceAccountName: account,
    securityContext: restrictedPod(1000),
    // Node takes no default action on SIGTERM as the first process of a container.
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: "script",
        image: images.node,
        imagePullPolicy: "IfNotPresent",
        command: ["node", `/scripts/${script}`],
        env: Object.entries({ ...env, ...ca }).map(([name, value]) => ({ name, value })),
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "192Mi" } },
        securityContext: restrictedContainer,
        volumeMounts,
      },
    ],
    volumes,
  };
}

/** Every volume with its place. */
function podVolumes(
  source: k8s.core.v1.ConfigMap,
  tls: VaultServer["tls"],
  data: ScriptPodArgs["data"],
) {
  const token = { path: "token", audience, expirationSeconds: 600 };
  const volumes: k8s.types.input.core.v1.Volume[] = [
    { name: "scripts", configMap: { name: source.metadata.name } },
    { name: "vault-token", projected: { sources: [{ serviceAccountToken: token }] } },
  ];
  const volumeMounts: k8s.types.input.core.v1.VolumeMount[] = [
    { name: "scripts", mountPath: "/scripts", readOnly: true },
    { name: "vault-token", mountPath: "/var/run/secrets/vault", readOnly: true },
  ];
  if (tls.mode === "secret") {
    // The scripts need the authority only, never the server's private key.
    const items = [{ key: "ca.crt", path: "ca.crt" }];
    volumes.push({ name: "tls", secret: { secretName: tls.secretName, items } });
    volumeMounts.push({ name: "tls", mountPath: "/tls", readOnly: true });
  }
  if (data !== undefined) {
    volumes.push({ name: "data", persistentVolumeClaim: { claimName: data.claimName } });
    volumeMounts.push({ name: "data", mountPath: data.mountPath });
  }
  return { volumes, volumeMounts };
}
