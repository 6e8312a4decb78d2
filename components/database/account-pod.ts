import type * as k8s from "@pulumi/kubernetes";
import type { Environments } from "../../incluster/environment.ts";
import { programPod } from "../program/pod.ts";
import { authorityFile } from "./authority.ts";
import type { OutsideSettings } from "./types.ts";

/** The Secret with the verifier of the user's password. */
export const accountSecret = "database-account";

const folders = {
  authority: "/run/config/postgres",
  account: "/run/secrets/account",
  admin: "/run/secrets/admin",
};

type Volume = k8s.types.input.core.v1.Volume;
type Variables = { [Name in keyof Environments["database-account.ts"]]: string };

function variables({ host, port, name, user, tls, admin }: OutsideSettings): Variables {
  return {
    DB_HOST: admin.host ?? host,
    DB_PORT: `${admin.port ?? port}`,
    DB_NAME: name,
    DB_USER: user,
    ADMIN_FOLDER: folders.admin,
    ADMIN_SECRET_NAME: `postgres/${admin.secretName}`,
    VERIFIER_FILE: `${folders.account}/verifier`,
    ...(tls.mode === "verified" ? { AUTHORITY_FILE: `${folders.authority}/${authorityFile}` } : {}),
  };
}

/** The pod that makes Shlink's account; the kubelet starts it once the administrator's login is there. */
export function accountPod(
  settings: OutsideSettings,
  scripts: k8s.core.v1.ConfigMap,
  authority: Volume | undefined,
): k8s.types.input.core.v1.PodSpec {
  const secret = (name: "account" | "admin", secretName: string) => ({
    volume: { name, secret: { secretName, defaultMode: 0o440 } },
    path: folders[name],
  });
  return programPod({
    name: "account",
    program: "database-account.ts",
    env: { ...variables(settings) },
    scripts,
    mounts: [
      ...(authority === undefined ? [] : [{ volume: authority, path: folders.authority }]),
      secret("account", accountSecret),
      secret("admin", settings.admin.secretName),
    ],
  });
}
