import { z } from "zod";
import type { HttpAnswer } from "../../effects/http.ts";

const date = z.iso.datetime({ offset: true }).nullish();

/** A link as Shlink's REST API lists it, without what it counts or makes of it. Absent rules: there are none. */
export const link = z.object({
  shortCode: z.string().min(1),
  longUrl: z.string().regex(/.+:.+/, "must be a URL"),
  domain: z.string().nullish(),
  tags: z.array(z.string()).default([]),
  title: z.string().nullish(),
  crawlable: z.boolean().default(false),
  forwardQuery: z.boolean().default(true),
  meta: z
    .object({ validSince: date, validUntil: date, maxVisits: z.int().min(1).nullish() })
    .default({}),
  redirectRules: z
    .array(
      z.object({ longUrl: z.string(), conditions: z.array(z.record(z.string(), z.unknown())) }),
    )
    .optional(),
});

export type Link = z.infer<typeof link>;

/** A page of links, of which each is looked at by itself. */
export const page = z.object({
  shortUrls: z.object({
    data: z.array(z.looseObject({ hasRedirectRules: z.boolean().optional() })),
    pagination: z.object({ pagesCount: z.int(), totalItems: z.int() }),
  }),
});

/** Says in a few words what is wrong with what was parsed, and where. */
export const faultOf = ({ issues: [issue] }: z.ZodError): string =>
  [...(issue?.path ?? []), issue?.message].join(": ");

/** Asks a Shlink, whose key is known, for a path below `/rest/v3`. */
export type AskLinks = (
  path: string,
  request?: { method: "POST"; body: unknown },
) => Promise<HttpAnswer>;

/** The path of a link; one of another domain than the default one says so. */
export const pathOf = ({ shortCode, domain }: Pick<Link, "shortCode" | "domain">, more = "") => {
  const query = domain ? `?domain=${encodeURIComponent(domain)}` : "";
  return `/short-urls/${encodeURIComponent(shortCode)}${more}${query}`;
};

/** What Shlink says of a call that it refuses. */
export const refusalOf = ({ status, body, failure }: HttpAnswer): string => {
  const { detail } = body as { detail?: string };
  return failure ?? `HTTP ${status}${detail === undefined ? "" : `, ${detail}`}`;
};
