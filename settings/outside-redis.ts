import { z } from "zod";
import { networks, networksMessage, networksMissing, tcpPort } from "./places.ts";
import { word } from "./shlink/values.ts";
import { host, ipAddress } from "./values.ts";

const place = z
  .union([host, ipAddress], 'must be a full host name such as "redis.example.com", or an address')
  .meta({ title: "host name or address", examples: ["redis.example.com"] });
const tls = z
  .boolean()
  .default(true)
  .describe(
    "Whether the connection is encrypted. Shlink checks no certificate of Redis: it keeps out who listens, not who pretends to be it.",
  );
const node = (port: number) =>
  z
    .strictObject({
      host: place.describe("Host name or address."),
      port: tcpPort.default(port).describe("Port."),
    })
    .meta({ title: "host and port", examples: [{ host: "redis-1.example.com", port }] });

const servers = z
  .discriminatedUnion("mode", [
    z
      .strictObject({
        mode: z.literal("single"),
        host: place.describe("Host name or address of a master, or of what always leads to it."),
        port: tcpPort.default(6379).describe("Its port."),
        tls,
      })
      .describe("One address, such as a managed Redis has."),
    z
      .strictObject({
        mode: z.literal("sentinel"),
        sentinels: z.array(node(26_379)).min(1).describe("The sentinels, which ask no password."),
        master: word.default("mymaster").describe("The name by which they know the master."),
        port: tcpPort.default(6379).describe("Port of the servers that they name."),
        tls: z
          .literal(false, "must be false: Shlink reaches servers behind sentinels in clear only")
          .describe("It has to be said: Shlink reaches servers behind sentinels in clear only."),
      })
      .describe("Sentinels name the master."),
    z
      .strictObject({
        mode: z.literal("cluster"),
        nodes: z
          .array(node(6379))
          .min(2, "must be at least two: of one Shlink takes it that there is no cluster")
          .describe(
            "Every node, as the cluster itself names it: Shlink sends the password to no other.",
          ),
        tls,
      })
      .describe("A Redis Cluster."),
  ])
  .describe("How Shlink finds the master.");

type Servers = z.infer<typeof servers>;

/** Everybody whom Shlink is told of. */
function hostsOf(given: Servers): string[] {
  if (given.mode === "single") return [given.host];
  return (given.mode === "sentinel" ? given.sentinels : given.nodes).map(({ host }) => host);
}

export const outsideRedis = z
  .strictObject({
    mode: z.literal("outside"),
    servers,
    user: word.describe("User of Redis' access lists. Default: Redis' own `default`.").optional(),
    networks,
  })
  .refine(({ servers, networks }) => !networksMissing(hostsOf(servers), networks), {
    path: ["networks"],
    message: networksMessage,
  })
  .describe(
    "A Redis that somebody else runs, with the password that `pulumi config set --secret redisPassword` keeps.",
  );
