import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { images } from "../../platform/images.ts";
import type { Environments, Program } from "../../incluster/environment.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import { audience } from "./names.ts";
import type { VaultServer } from "./server.ts";
import { authorityVolume } from "./tls.ts";

/** The variables of a program; a missing one, or one that it does not know, is an error of types. */
type Variables<P extends Program> = {
  [Name in keyof Environments[P]]: pulumi.Input<Environments[P][Name] & string>;
};

export interface ScriptPodArgs<P extends Program> {
  server: VaultServer;
  source: k8s.core.v1.ConfigMap;
  /** All that the program reads but for the authority, which is mounted here. */
  env: Omit<Variables<P>, "VAULT_CACERT">;
  account: string;
  /** A volume that the script writes to, and where it is mounted. */
  data?: { claimName: pulumi.Input<string>; mountPath: string };
}

/** A pod that runs a program of ours, with a short-lived token for Vault and trust in Vault's authority. */
export function scriptPod<P extends "bootstrap.ts" | "unsealer.ts" | "snapshot.ts">(
  program: P,
  { server, source, env, account, data }: ScriptPodArgs<P>,
): k8s.types.input.core.v1.PodSpec {
  const authority = authorityVolume(server.tls);
  const { volumes, volumeMounts } = podVolumes(source, authority, data);
  const { file } = authority;
  const ca: Pick<Variables<P>, "VAULT_CACERT"> = file === undefined ? {} : { VAULT_CACERT: file };
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
        command: ["node", `/scripts/${program}`],
        env: Object.entries({ ...env, ...ca }).map(([name, value]) => ({ name, value })),
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: { requests: { cpu: "10m", memory: "96Mi" }, limits: { memory: "192Mi" } },
        securityContext: restrictedContainer,
        volumeMounts,
      },
    ],
    volumes,
  };
}

/** Returns every volume with its place. */
function podVolumes(
  source: k8s.core.v1.ConfigMap,
  authority: ReturnType<typeof authorityVolume>,
  data: ScriptPodArgs<Program>["data"],
) {
  const token = { path: "token", audience, expirationSeconds: 600 };
  const volumes: k8s.types.input.core.v1.Volume[] = [
    { name: "scripts", configMap: { name: source.metadata.name } },
    { name: "vault-token", projected: { sources: [{ serviceAccountToken: token }] } },
    ...authority.volumes,
  ];
  const volumeMounts: k8s.types.input.core.v1.VolumeMount[] = [
    { name: "scripts", mountPath: "/scripts", readOnly: true },
    { name: "vault-token", mountPath: "/var/run/secrets/vault", readOnly: true },
    ...authority.volumeMounts,
  ];
  if (data !== undefined) {
    volumes.push({ name: "data", persistentVolumeClaim: { claimName: data.claimName } });
    volumeMounts.push({ name: "data", mountPath: data.mountPath });
  }
  return { volumes, volumeMounts };
}
