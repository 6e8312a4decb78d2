import { type Surroundings, usualApiServerPorts, usualDns } from "../../platform/surroundings.ts";

/** What most clusters have, with the API server at this one address. */
export const usualSurroundings: Surroundings = {
  policies: "standard",
  dns: usualDns,
  apiServer: { peers: ["10.96.0.1/32"], ports: usualApiServerPorts },
  webhookCallers: ["10.96.0.1/32"],
};
