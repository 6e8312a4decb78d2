import { z } from "zod";
import { existing } from "./parts.ts";
import { certificates } from "./places.ts";
import { dnsLabel, dnsSubdomain, line } from "./values.ts";

const path = z
  .string()
  .regex(/^[a-z0-9][-a-z0-9_]*(\/[a-z0-9][-a-z0-9_]*)*$/, 'must be a path such as "jwt/github"')
  .meta({ title: "path in Vault", examples: ["jwt/github"] });
const role = z
  .string()
  .regex(/^[\w.-]+$/, "must be a role's name")
  .default("shlink-deployer")
  .meta({ title: "role" })
  .describe("Role of the login, which has the policy that `npm run vault-policy` prints.");
const addressMessage =
  'must be an address with a host name such as "https://vault.example.com:8200"';
/** Paths of Vault itself: the printed policy would give the deployer all that is below. */
const vaultsOwn = ["sys", "auth", "identity", "cubbyhole"];

const login = z.discriminatedUnion("mode", [
  z
    .strictObject({
      mode: z.literal("kubernetes"),
      path: path.default("kubernetes").describe("Where Vault has the login."),
      role,
      namespace: dnsLabel
        .default("shlink-deployer")
        .describe("Namespace of the account whose token is shown."),
      account: dnsSubdomain
        .default("shlink-deployer")
        .describe("Account whose token is shown; it is asked of the API server, for ten minutes."),
      audience: line.default("vault").describe("Audience of the token."),
    })
    .describe("A Kubernetes account of this cluster, the deployer's own for instance."),
  z
    .strictObject({
      mode: z.literal("jwt"),
      path: path.default("jwt").describe("Where Vault has the login."),
      role,
      file: line.describe("File with the token, which a workflow of GitHub gets for instance."),
    })
    .describe("A token of an OpenID provider."),
  z
    .strictObject({
      mode: z.literal("tokenFile"),
      file: line.describe("File with a token of Vault's own; `vault login` writes ~/.vault-token."),
    })
    .describe("A token that somebody has got already."),
]);

const accounts = z.discriminatedUnion("mode", [
  z
    .strictObject({ mode: z.literal("own") })
    .describe(
      "One of our own, below `prefix`: for a Vault that runs in this cluster, whose account may review tokens.",
    ),
  z
    .strictObject({
      mode: z.literal("existing"),
      path: path.describe(
        "Where Vault has it; roles are added there, their names begin with `prefix`.",
      ),
    })
    .describe("One that Vault's administrators have set up for this cluster."),
]);

export const existingVault = z
  .strictObject({
    mode: existing,
    address: z
      .string()
      .regex(/^https:\/\/(?=[\w.-]*[a-z])[\w.-]+(:[0-9]+)?$/, addressMessage)
      .refine((text) => URL.canParse(text), addressMessage)
      .meta({ title: "https address", examples: ["https://vault.example.com:8200"] })
      .describe("Where this program and External Secrets reach it."),
    authority: certificates
      .describe("Authority of its certificate. Default: those that everybody knows.")
      .optional(),
    namespace: path
      .describe("Vault's own namespace, which Enterprise has. Default: the root.")
      .optional(),
    prefix: dnsLabel
      .refine(
        (name) => !vaultsOwn.includes(name),
        `must not be ${vaultsOwn.slice(0, -1).join(", ")} or ${vaultsOwn.at(-1)}: those are Vault's own`,
      )
      .default("shlink")
      .describe(
        "The store's mount; names of all else in Vault begin with it and a dash. Nothing else there is touched.",
      ),
    login: login.describe("How this program logs in."),
    accounts: accounts
      .prefault({ mode: "own" })
      .describe("Where External Secrets logs in, with accounts of this cluster."),
  })
  .describe("There is one, of which a store and some roles become ours.");
