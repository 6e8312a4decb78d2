import { after, before, describe } from "mocha";
import { nodeAddress, stopCluster } from "../../local/cluster/index.ts";
import type { Entry } from "../../local/stack/smoke.ts";
import { carriesLinks } from "./links.ts";
import { local } from "./platform.ts";
import { rotates } from "./rotation.ts";
import { goesBackByCommand } from "./take-back.ts";

describe("What an operator does now and then", () => {
  const entry: Entry = { address: nodeAddress, port: 30080, host: "shlink.local" };

  before(async () => {
    await local("clean");
    await local("up");
  });
  after(() => stopCluster());

  describe("Links", () => carriesLinks("dev"));
  describe("A restore", () => goesBackByCommand(() => entry, "dev"));
  describe("A rotation", () => rotates(() => entry, "dev"));
});
