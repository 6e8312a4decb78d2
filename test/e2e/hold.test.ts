import { describe } from "mocha";
import { nodeAddress } from "../../local/cluster/index.ts";
import { configFile } from "../../local/stack/environment.ts";
import type { Entry } from "../../local/stack/smoke.ts";
import { servesThePage } from "./browser.ts";
import { doctorIsSilent } from "./doctor.ts";
import { servesVisitors } from "./visitors.ts";
const entry: Entry = { address: nodeAddress, port: 30080, host: "shlink.local" };
describe("hold", () => {
  describe("page", () => servesThePage(() => entry, "admin.shlink.local"));
  describe("visitors", () => servesVisitors(() => entry));
  describe("doctor", () => doctorIsSilent(configFile("dev")));
});
