import { z } from "zod";
import { host, none } from "../values.ts";
import { service, word } from "./values.ts";

const port = z.int().min(1).max(65535);

export const geolite = z
  .discriminatedUnion("mode", [
    none.describe("No places: a visit has its country and city empty."),
    z
      .strictObject({ mode: z.literal("license") })
      .describe(
        "Each pod downloads GeoLite2 from MaxMind at its first visit, with the license key that " +
          "`pulumi config set --secret geoliteLicenseKey` keeps.",
      ),
  ])
  .describe("Where visitors' places are looked up.");

export const matomo = z
  .discriminatedUnion("mode", [
    none.describe("Visits stay with Shlink."),
    z
      .strictObject({
        mode: z.literal("server"),
        url: service.describe("Address of the Matomo server."),
        siteId: z.int().min(1).describe("Number of the site in Matomo."),
      })
      .describe(
        "Visits are sent to a Matomo server, with the token that `pulumi config set --secret matomoToken` keeps.",
      ),
  ])
  .describe("Whether visits are sent to Matomo.");

/** Shlink adds the rest itself. */
const hubUrl = service.refine(
  (url) => !url.endsWith("/") && !url.includes("/.well-known"),
  "must end before /.well-known/mercure, which Shlink adds",
);

const mercure = z
  .discriminatedUnion("mode", [
    none.describe("No hub."),
    z
      .strictObject({
        mode: z.literal("hub"),
        publicUrl: hubUrl.describe("Address of the hub for browsers."),
        internalUrl: hubUrl
          .describe("Address of the hub for Shlink. Default: `publicUrl`.")
          .optional(),
      })
      .describe(
        "A Mercure hub that is there, whose JWT key `pulumi config set --secret mercureKey` keeps: 32 characters or more.",
      ),
  ])
  .describe("Updates for browsers, the web client among them.");

const rabbitMq = z
  .discriminatedUnion("mode", [
    none.describe("No broker."),
    z
      .strictObject({
        mode: z.literal("broker"),
        host: host.describe("Host name of the broker."),
        port: port.describe("Port of the broker: mostly 5671 with TLS, and 5672 without."),
        user: word.describe("User that Shlink logs in as."),
        vhost: word.default("/").describe("Virtual host."),
        tls: z.boolean().default(true).describe("Whether the connection is encrypted."),
      })
      .describe(
        "A RabbitMQ that is there, with the password that `pulumi config set --secret rabbitMqPassword` keeps.",
      ),
  ])
  .describe("Updates for programs, through a RabbitMQ.");

const topics = ["NEW_VISIT", "NEW_SHORT_URL_VISIT", "NEW_ORPHAN_VISIT", "NEW_SHORT_URL"];

export const realTimeUpdates = z
  .strictObject({
    redis: z
      .boolean()
      .default(false)
      .describe("Whether updates are published in the stack's Redis."),
    mercure: mercure.prefault({ mode: "none" }),
    rabbitMq: rabbitMq.prefault({ mode: "none" }),
    topics: z
      .array(z.literal(topics))
      .min(1)
      .describe("What is published. Default: all.")
      .optional(),
  })
  .describe("Where Shlink tells of visits and of new links as they happen.");
