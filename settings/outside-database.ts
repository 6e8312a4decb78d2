import { z } from "zod";
import { authorityIn, networks, networksMessage, networksMissing, tcpPort } from "./places.ts";
import { dnsSubdomain, host } from "./values.ts";

const authority = authorityIn("the namespaces `postgres` and `shlink`").describe(
  "The authority that signed the server's certificate.",
);

const tls = z.discriminatedUnion("mode", [
  z
    .strictObject({ mode: z.literal("verified"), authority })
    .describe("The certificate's authority and its name, which is `host`, are checked."),
  z
    .strictObject({ mode: z.literal("plaintext") })
    .describe("Nothing is encrypted; the policies refuse it in production."),
]);

/** PostgreSQL would take others in quotes; whoever types them in psql would need the quotes, too. */
const sqlName = z
  .string()
  .regex(
    /^[a-z_][a-z0-9_-]{0,62}$/,
    "must be lower-case letters, digits, dashes and underscores, at most 63",
  )
  .meta({ title: "name in PostgreSQL", examples: ["shlink"] });

const admin = z
  .strictObject({
    secretName: dnsSubdomain.describe(
      "Secret in namespace `postgres` with `username` and `password` of a role that owns the database and may create roles.",
    ),
    host: host
      .describe("Host for this login where `host` leads to a pool. Default: `host`.")
      .optional(),
    port: tcpPort.describe("Port for this login. Default: `port`.").optional(),
  })
  .describe("The login with which a Job in the cluster makes Shlink's user and gives its rights.");

export const outsideDatabase = z
  .strictObject({
    mode: z.literal("outside"),
    host: host.describe("Host name of the server, or of a pool of sessions in front of it."),
    port: tcpPort.default(5432).describe("Its port."),
    name: sqlName.default("shlink").describe("The database, which exists."),
    user: sqlName
      .refine((name) => !name.startsWith("pg_"), "must not begin with pg_, which is PostgreSQL's")
      .default("shlink")
      .describe("Shlink's user. It is made where there is none, and gets the stack's password."),
    networks,
    connections: z
      .int()
      .min(2)
      .default(90)
      .describe("How many connections Shlink may have at once; its workers must not be more."),
    tls: tls.describe("How the connection is protected."),
    admin,
  })
  .refine(({ host, admin, networks }) => !networksMissing([host, admin.host ?? host], networks), {
    path: ["networks"],
    message: networksMessage,
  })
  .refine(({ user, name }) => user !== "postgres" && name !== "postgres", {
    path: ["user"],
    message: "must not be postgres, and neither must the database: those are the server's own",
  })
  .describe("A PostgreSQL of 14 or newer that somebody else runs.");
