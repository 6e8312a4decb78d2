import { z } from "zod";
import { origin, service } from "./shlink/values.ts";
import { cidr, host, none, replicas, requests } from "./values.ts";

const server = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(60)
    .regex(/^[^\p{Cc}]+$/u, "must be one line")
    .describe("What the page calls it."),
  url: z
    .union([service, origin])
    .describe("Address of its Shlink, with the base path where there is one."),
});

export const webClient = z
  .discriminatedUnion("mode", [
    none.describe("No page: links are made by the API."),
    z
      .strictObject({
        mode: z.literal("page"),
        host: host.describe("Host name of the page; none of `routing.hosts`."),
        servers: z
          .array(server)
          .min(1)
          .meta({
            title: "names and addresses",
            examples: [[{ name: "Links", url: "https://s.example.com" }]],
          })
          .describe(
            "Shlinks that the page offers. Whoever uses one enters an API key of their own there: none is served. " +
              "Default: this stack's.",
          )
          .optional(),
        clients: z
          .array(cidr)
          .min(1)
          .describe("Client networks that may open the page. Default: every network.")
          .optional(),
        replicas: replicas.default(2).describe("Pods of the page."),
        requests: requests("20m", "32Mi").describe("What each pod asks of the scheduler."),
      })
      .describe(
        "Shlink's web client, under a host of its own, which routing.tls has a certificate for. Unless " +
          "`shlink.cors.origins` says more, its scripts alone may call the API.",
      ),
  ])
  .describe("The page on which people make links and look at visits.");
