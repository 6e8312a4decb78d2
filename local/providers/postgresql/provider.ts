import type { Provider } from "../host/resource.ts";
import { sdkVersion } from "../host/version.ts";
import { readConfig, refuseConfig } from "./config.ts";
import { Postgres } from "./connection.ts";
import { grant } from "./grant.ts";
import { role } from "./role.ts";

export const postgresql: Provider<Postgres> = {
  name: "postgresql",
  version: sdkVersion("postgresql"),
  defaultsAreInputs: true,
  refuse: refuseConfig,
  open: (config, cancelled) => new Postgres(readConfig(config), cancelled),
  resources: [grant, role],
};
