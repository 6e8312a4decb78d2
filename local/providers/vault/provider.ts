import type { Provider } from "../host/resource.ts";
import { sdkVersion } from "../host/version.ts";
import { audit } from "./audit.ts";
import { authBackend } from "./auth-backend.ts";
import { VaultClient } from "./client.ts";
import { readConfig, refuseConfig } from "./config.ts";
import { kubernetesConfig } from "./kubernetes-config.ts";
import { kubernetesRole } from "./kubernetes-role.ts";
import { mount } from "./mount.ts";
import { policy } from "./policy.ts";
import { secret } from "./secret.ts";

export const vault: Provider<VaultClient> = {
  name: "vault",
  version: sdkVersion("vault"),
  defaultsAreInputs: true,
  refuse: refuseConfig,
  open: (config, cancelled) => new VaultClient(readConfig(config), cancelled),
  resources: [audit, mount, policy, authBackend, kubernetesConfig, kubernetesRole, secret],
};
