import type { Provider } from "../host/resource.ts";
import { refuseSettings } from "../host/settings.ts";
import { sdkVersion } from "../host/version.ts";
import { certRequest } from "./cert-request.ts";
import { locallySignedCert } from "./locally-signed-cert.ts";
import { privateKey } from "./private-key.ts";
import { selfSignedCert } from "./self-signed-cert.ts";

export const tls: Provider<null> = {
  name: "tls",
  version: sdkVersion("tls"),
  defaultsAreInputs: false,
  refuse: (config) => refuseSettings(config, {}),
  open: () => null,
  resources: [privateKey, selfSignedCert, certRequest, locallySignedCert],
};
