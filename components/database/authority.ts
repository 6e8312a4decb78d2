import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Certificates of who signed a server's, as a text, or as the key of an object in the pods' own namespace. */
export type Authority =
  | { mode: "pem"; pem: pulumi.Input<string> }
  | { mode: "configMap" | "secret"; name: string; key: string };

type Volume = k8s.types.input.core.v1.Volume;

/** The name of the file in the volume. */
export const authorityFile = "ca.crt";

/** Where pods find an authority: a text is put into a ConfigMap for them. */
export function authorityVolume(
  name: string,
  namespace: pulumi.Input<string>,
  authority: Authority,
  opts: pulumi.CustomResourceOptions,
): Volume {
  if (authority.mode === "pem") {
    const data = { [authorityFile]: authority.pem };
    const map = new k8s.core.v1.ConfigMap(
      name,
      { metadata: { namespace }, immutable: true, data },
      opts,
    );
    return { name: "authority", configMap: { name: map.metadata.name } };
  }
  const items = [{ key: authority.key, path: authorityFile }];
  return authority.mode === "configMap"
    ? { name: "authority", configMap: { name: authority.name, items } }
    : { name: "authority", secret: { secretName: authority.name, items } };
}
