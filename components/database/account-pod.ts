import type * as k8s from "@pulumi/kubernetes";
import type { Environments } from "../../incluster/environment.ts";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import { authorityFile } from "./authority.ts";
import type { OutsideSettings } from "./types.ts";

/** The Secret with the verifier of the user's password. */
export const accountSecret = "database-account";

const folders = {
  scripts: "/scripts",
  authority: "/run/config/postgres",
  account: "/run/secrets/account",
  admin: "/run/secrets/admin",
};

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
  given: k8s.types.input.core.v1.Volume[],
): k8s.types.input.core.v1.PodSpec {
  const secret = (name: "account" | "admin", secretName: string) => ({
    name,
    secret: { secretName, defaultMode: 0o440 },
  });
  const volumes = [
    ...given,
    secret("account", accountSecret),
    secret("admin", settings.admin.secretName),
  ];
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    securityContext: restrictedPod(1000),
    containers: [
      {
        name: "account",
        image: images.node,
        imagePullPolicy: "IfNotPresent",
        command: ["node", `${folders.scripts}/database-account.ts`],
        env: Object.entries(variables(settings)).map(([name, value]) => ({ name, value })),
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: { requests: { cpu: "10m", memory: "96Mi" }, limits: { memory: "192Mi" } },
        securityContext: restrictedContainer,
        volumeMounts: volumes.map(({ name }) => ({
          name,
          mountPath: folders[name as keyof typeof folders],
          readOnly: true,
        })),
      },
    ],
    volumes,
  };
}
