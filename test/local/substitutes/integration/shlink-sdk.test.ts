import { after, describe, it } from "mocha";
import { answersItsClient } from "../../../support/shlink-client.ts";
import { whyNoPostgres } from "./postgres.ts";
import { whyNoRedis } from "./redis.ts";
import { apiKey, ShlinkInstance } from "./shlink.ts";

const reason = whyNoPostgres() ?? whyNoRedis();

describe("Shlink's own client", function () {
  this.timeout(60_000);
  if (reason !== null) {
    it(`is SKIPPED: ${reason}`, function () {
      this.skip();
    });
    return;
  }

  let shlink: ShlinkInstance | undefined;
  answersItsClient(async () => {
    shlink = await ShlinkInstance.prepared();
    await shlink.serve();
    const { url } = shlink;
    return { url, apiKey, links: "https://s.example", visited: new URL(url).host };
  });
  after(() => shlink?.remove());
});
