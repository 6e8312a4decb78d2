import type { Config } from "./config.ts";
import type { Request, Response } from "./http.ts";
import { qrCode } from "./qr-code.ts";
import { addressMatches } from "./client-ip.ts";
import { fillPlaceholders } from "./placeholders.ts";
import { pageEntries, redirectEntries } from "./cache.ts";
import { domainRedirect } from "./domains.ts";
import { mergeQueries } from "./query.ts";
import { ruledLongUrl } from "./redirect-rules.ts";
import type { Services } from "./services.ts";
import { crawlableCodes, resolveTarget, type Target } from "./targets.ts";
import { trackVisit, type OrphanType, type Visitor } from "./visits.ts";

const html = (status: number, title: string, text: string): Response => ({
  status,
  headers: { "Content-Type": "text/html; charset=utf-8" },
  body: `<!DOCTYPE html><html lang="en"><head><title>${title}</title></head><body><h1>404</h1><p>${text}</p></body></html>`,
});

const pixel = Buffer.from("R0lGODlhAQABAJAAAP8AAAAAACH5BAUQAAAALAAAAAABAAEAAAICBAEAOw==", "base64");

function redirect({ config }: Services, location: string): Response {
  const cached = config.redirectStatus === 301 || config.redirectStatus === 308;
  return {
    status: config.redirectStatus,
    headers: {
      Location: location,
      ...(cached ? { "Cache-Control": config.redirectCacheControl } : {}),
    },
    body: "",
  };
}

/** Writes the address to redirect to: with the visitor's query, unless that was switched off. */
export function location(
  longUrl: string,
  search: string,
  { forwardQuery, without }: { forwardQuery: boolean; without: string | null },
): string {
  const [, base = "", own = "", fragment = ""] =
    /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(longUrl) ?? [];
  const host = base.replace(/^[^/]*:\/\/[^/]*/, (text) => text.toLowerCase());
  const query = forwardQuery ? mergeQueries(own, search, without) : own.replaceAll(" ", "%20");
  return `${host}${query === "" ? "" : `?${query}`}${fragment}`;
}

function visitor(request: Request, redirectUrl: string | null): Visitor {
  return {
    userAgent: request.headers["user-agent"] ?? "",
    referer: request.headers.referer ?? "",
    remoteAddress: request.remoteAddress,
    visitedUrl: request.url,
    redirectUrl,
  };
}

async function track(
  services: Services,
  request: Request,
  response: Response,
  target: Target | OrphanType,
): Promise<Response> {
  const { disableParam, exceptFrom } = services.config.tracking;
  const address = request.remoteAddress;
  const unwanted =
    (disableParam !== null && request.query[disableParam] !== undefined) ||
    (address !== null && exceptFrom.some((pattern) => addressMatches(address, pattern)));
  if (request.method !== "HEAD" && !unwanted) {
    await trackVisit(services, visitor(request, response.headers.Location ?? null), target);
  }
  return response;
}

async function notFound(services: Services, request: Request, type: OrphanType) {
  const { baseUrl, invalidShortUrl, regular404 } = services.config.notFoundRedirects;
  const target = { base_url: baseUrl, invalid_short_url: invalidShortUrl, regular_404: regular404 };
  const [title, text] =
    type === "invalid_short_url"
      ? ["Invalid Short URL | Shlink", "This short URL doesn't seem to be valid."]
      : ["Not Found | Shlink", "The page you requested could not be found."];
  const own = await domainRedirect(services, request.authority, type);
  const elsewhere = own ?? target[type];
  const response =
    elsewhere === null
      ? html(404, title, text)
      : redirect(services, fillPlaceholders(elsewhere, request));
  return track(services, request, response, type);
}

async function robots(services: Services): Promise<Response> {
  const { allowAll, userAgents } = services.config.robots;
  const agents = userAgents.length > 0 ? userAgents : ["*"];
  const codes = allowAll ? [] : await crawlableCodes(services);
  const lines = [
    "# For more information about the robots.txt standard, see:",
    "# https://www.robotstxt.org/orig.html",
    ...agents.map((agent) => `User-agent: ${agent}`),
    ...codes.map((code) => `Allow: /${code}`),
    allowAll ? "Disallow: /rest/" : "Disallow: /",
  ];
  return { status: 200, headers: { "Content-Type": "text/plain" }, body: lines.join("\n") };
}

/** Answers with the picture that only counts, whatever became of the short code. */
async function trackingPixel(services: Services, request: Request, target: Target | null) {
  const response = { status: 200, headers: { "Content-Type": "image/gif" }, body: pixel };
  return target === null ? response : track(services, request, response, target);
}

async function redirectTo(services: Services, request: Request, target: Target, extra = "") {
  await services.cache.read(redirectEntries);
  const longUrl = (await ruledLongUrl(services, target.id, request)) ?? target.longUrl;
  const { forwardQuery } = target;
  const without = services.config.tracking.disableParam;
  const to = location(extendPath(longUrl, extra), request.search, { forwardQuery, without });
  return track(services, request, redirect(services, to), target);
}

/** Adds what stood behind the link to the path of its target, as they are. */
const extendPath = (longUrl: string, extra: string) =>
  longUrl.replace(/^[^?#]*/, (base) => `${base}${extra}`);

/** The part of a path that is a short code, and what is asked of it. Shlink 5 has no pictures. */
function codeIn({ multiSegmentSlugs, trailingSlash, version }: Config, path: string) {
  const code = multiSegmentSlugs ? ".+?" : "[^/]+";
  const kinds = version.startsWith("4.") ? "track|qr-code" : "track";
  const slash = trailingSlash ? `\\/${multiSegmentSlugs ? "*" : "?"}` : "";
  const pattern = new RegExp(`^\\/(${code})(?:\\/(${kinds})|${slash})?$`);
  const [, shortCode, kind] = pattern.exec(path) ?? [];
  return { shortCode, kind };
}

/**
 * Looks for a link in front of a path, where that is allowed: one segment, or as few as there are. Shlink counts the
 * base path in, so below one it finds none.
 */
async function withoutExtraPath(
  services: Services,
  request: Request,
  type: "regular_404" | "invalid_short_url",
): Promise<Response> {
  const { extraPath, multiSegmentSlugs } = services.config;
  const applies = type === (multiSegmentSlugs ? "invalid_short_url" : "regular_404");
  if (extraPath === "default" || !applies) return notFound(services, request, type);
  const parts = request.path.replace(/^\/+|\/+$/g, "").split("/");
  const tried = multiSegmentSlugs ? parts.length : 1;
  for (let count = 1; count <= tried; count++) {
    const target = await resolveTarget(
      services,
      parts.slice(0, count).join("/"),
      request.authority,
    );
    const extra = parts
      .slice(count)
      .map((part) => `/${part}`)
      .join("");
    if (target !== null)
      return redirectTo(services, request, target, extraPath === "append" ? extra : "");
  }
  return notFound(services, request, type);
}

function pathInside({ basePath }: Config, path: string): string | null {
  if (path.replace(/\/+$/, "") === basePath) return null;
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : "";
}

/** Answers everything outside the REST API: redirects, pictures, robots.txt and 404 pages. */
export async function publicPages(
  services: Services,
  request: Request,
  onWarning: (message: string) => void,
): Promise<Response> {
  const { config, cache } = services;
  const { path, method, authority } = request;
  await cache.read(pageEntries);
  const inside = pathInside(config, path);
  if (inside === null) return notFound(services, request, "base_url");
  if (method !== "GET" && method !== "HEAD") return notFound(services, request, "regular_404");
  if (inside === "/robots.txt") return robots(services);
  const { shortCode, kind } = codeIn(config, inside);
  if (shortCode === undefined) return withoutExtraPath(services, request, "regular_404");
  if (kind !== "qr-code" && !config.tracking.disabled && !config.tracking.withoutIp) {
    onWarning("Tried to geolocate IP address, but a GeoLite2 db was not found.");
  }
  const target = await resolveTarget(services, shortCode, authority);
  if (kind === "track") return trackingPixel(services, request, target);
  if (target === null) return withoutExtraPath(services, request, "invalid_short_url");
  if (kind === "qr-code") return qrCode(services, target, shortCode);
  return redirectTo(services, request, target);
}
