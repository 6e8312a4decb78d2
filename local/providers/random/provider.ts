import type { Provider } from "../host/resource.ts";
import { sdkVersion } from "../host/version.ts";
import { bytes } from "./bytes.ts";
import { password } from "./password.ts";
import { uuid } from "./uuid.ts";

export const random: Provider<null> = {
  name: "random",
  version: sdkVersion("random"),
  defaultsAreInputs: false,
  refuse: () => ({}),
  open: () => null,
  resources: [password, bytes, uuid],
};
