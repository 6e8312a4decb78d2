import { after, describe } from "mocha";
import { answersItsClient } from "../../../support/shlink-client.ts";
import { whyNoPostgres } from "./postgres.ts";
import { whyNoRedis } from "./redis.ts";
import { apiKey, ShlinkInstance } from "./shlink.ts";
import { skip } from "../../../support/skip.ts";

const reason = whyNoPostgres() ?? whyNoRedis();

describe("Shlink's own client", function () {
  this.timeout(60_000);
  if (reason !== null) return skip(reason);

  let shlink: ShlinkInstance | undefined;
  answersItsClient(async () => {
    shlink = await ShlinkInstance.prepared();
    await shlink.serve();
    const { url } = shlink;
    return { url, apiKey, links: "https://s.example", visited: new URL(url).host };
  });
  after(() => shlink?.remove());
});
