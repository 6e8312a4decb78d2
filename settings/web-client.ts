import { z } from "zod";
import { origin, service } from "./shlink/values.ts";
import { cidr, host, line, none, replicas, requests } from "./values.ts";

const server = z.strictObject({
  name: line.max(60).describe("What the page calls it."),
  url: z
    .union([service, origin], 'must be an address such as "https://s.example.com"')
    .describe("Address of its Shlink, with the base path where there is one."),
});

/** What names a header or a cookie. */
const token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/, "must be a name of letters, digits, _ and -")
  .meta({ title: "name" });

const login = z
  .discriminatedUnion("mode", [
    none.describe("Whoever reaches the page may open it; what it shows takes an API key."),
    z
      .strictObject({
        mode: z.literal("jwt"),
        issuer: z
          .string()
          .regex(/^[^\s*]{1,253}$/, "must be one word without *: the claim iss of the tokens")
          .meta({ title: "issuer", examples: ["https://login.example.com"] })
          .describe("Who signs the tokens: their claim `iss`, letter by letter."),
        audiences: z
          .array(line.max(253))
          .min(1)
          .meta({ title: "names", examples: [["shlink"]] })
          .describe(
            "The page's names at the issuer: one of them must be in the claim `aud`, for the issuer signs tokens for others, too.",
          ),
        keysUrl: service
          .describe("Address of the issuer's public keys (JWKS), which istiod fetches.")
          .meta({ title: "address", examples: ["https://login.example.com/keys"] }),
        header: token
          .describe("Header with the bare token. Default: `Authorization`, behind `Bearer`.")
          .optional(),
        cookie: token
          .describe("Cookie with the token, in place of a header. Default: none.")
          .optional(),
      })
      .refine(({ header, cookie }) => header === undefined || cookie === undefined, {
        path: ["cookie"],
        message: "must be left out where webClient.login.header names another place",
      })
      .describe(
        "Only whoever brings a token of this issuer opens the page, as an OIDC proxy in front of the gateway sends it.",
      ),
  ])
  .describe("Who may open the page, beside `clients`.");

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
        login: login.prefault({ mode: "none" }),
        replicas: replicas.default(2).describe("Pods of the page."),
        requests: requests("20m", "32Mi").describe("What each pod asks of the scheduler."),
      })
      .describe(
        "Shlink's web client, under a host of its own, which routing.tls has a certificate for. Unless " +
          "`shlink.cors.origins` says more, its scripts alone may call the API.",
      ),
  ])
  .describe("The page on which people make links and look at visits.");
