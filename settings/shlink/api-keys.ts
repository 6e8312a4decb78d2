import { z } from "zod";
import { host } from "../values.ts";

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, "must be lower case, digits and dashes, at most 41 of them");

const apiKey = z
  .strictObject({
    // Without quotation marks Pulumi takes a day for a moment, and hands it on as "2027-01-31 00:00:00 +0000 UTC".
    expires: z.iso
      .date('must be a day in quotation marks, such as "2027-01-31"')
      .describe(
        'First day on which the key is refused, such as "2027-01-31" with its quotation marks, in shlink.timezone. Default: it stays valid.',
      )
      .optional(),
    ownLinks: z
      .boolean()
      .default(false)
      .describe("Whether the key reaches only the links that were made with it."),
    domain: host
      .describe(
        "The only domain whose links the key reaches; not the first of routing.hosts, to which Shlink restricts no key. " +
          "Default: all domains.",
      )
      .optional(),
    orphanVisits: z
      .boolean()
      .default(true)
      .describe("Whether the key reads visits of what is no link."),
  })
  .describe("What the key may do; without any of these, all that the first key may.");

/** Not a default of none: who never had such keys has no Job for them. */
export const apiKeys = z
  .record(name, apiKey)
  .meta({ title: "names, each with what it may do", examples: [{ shop: { ownLinks: true } }] })
  .describe(
    "Keys of the REST API besides the first one, by name, with `expires`, `ownLinks`, `domain` and `orphanVisits` (docs/shlink.md); each is made at random and kept in Vault (shlink/api-keys/NAME) and in " +
      "Secret shlink/shlink-secrets (api-key-NAME). One that is taken out is disabled; to take out the last one, leave {}. " +
      "Default: there are none.",
  )
  .optional();
