import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Certificates of who signed a server's, as a text, or as the key of an object in the pods' own namespace. */
export type Authority =
  | { mode: "pem"; pem: pulumi.Input<string> }
  | { mode: "configMap" | "secret"; name: string; key: string };

interface Source {
  name: pulumi.Input<string>;
  /** Absent: all keys. */
  items?: { key: string; path: string }[];
}

/** A ConfigMap or a Secret whose keys become files. */
export type Projection = { configMap: Source } | { secret: Source };

type Volume = k8s.types.input.core.v1.Volume;

/** The name of the file in the volume. */
export const authorityFile = "ca.crt";

/** An authority as a file of a projected volume; a text is put into a ConfigMap for it. */
export function authorityProjection(
  name: string,
  namespace: pulumi.Input<string>,
  authority: Authority,
  path: string,
  opts: pulumi.CustomResourceOptions,
): Projection {
  if (authority.mode === "pem") {
    const data = { [path]: authority.pem };
    const map = new k8s.core.v1.ConfigMap(
      name,
      { metadata: { namespace }, immutable: true, data },
      opts,
    );
    return { configMap: { name: map.metadata.name } };
  }
  const source = { name: authority.name, items: [{ key: authority.key, path }] };
  return authority.mode === "configMap" ? { configMap: source } : { secret: source };
}

/** Where pods find an authority: a text is put into a ConfigMap for them. */
export function authorityVolume(
  name: string,
  namespace: pulumi.Input<string>,
  authority: Authority,
  opts: pulumi.CustomResourceOptions,
): Volume {
  const source = authorityProjection(name, namespace, authority, authorityFile, opts);
  if (!("secret" in source)) return { name: "authority", ...source };
  const { name: secretName, ...keys } = source.secret;
  return { name: "authority", secret: { secretName, ...keys } };
}
