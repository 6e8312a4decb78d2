import type { Request, Response } from "./http.ts";
import type { Services } from "./short-urls.ts";
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

/** The long URL with the visitor's own query merged in, unless that was switched off. */
export function location(target: Target, query: URLSearchParams, without: string | null): string {
  const [, base = "", own = "", fragment = ""] =
    /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(target.longUrl) ?? [];
  const merged = new URLSearchParams(own);
  if (target.forwardQuery) {
    for (const key of new Set(query.keys())) {
      if (key === without) continue;
      const [first = "", ...others] = query.getAll(key);
      merged.set(key, first);
      for (const value of others) merged.append(key, value);
    }
  }
  const unchanged = [...query.keys()].length === 0 || !target.forwardQuery;
  const text = unchanged ? own : merged.toString();
  return `${base}${text === "" ? "" : `?${text}`}${fragment}`;
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
  const { disableParam } = services.config.tracking;
  const unwanted = disableParam !== null && request.query.has(disableParam);
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
  const elsewhere = target[type];
  const response = elsewhere === null ? html(404, title, text) : redirect(services, elsewhere);
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

/** Everything outside the REST API: redirects, the tracking pixel, robots.txt and 404 pages. */
export async function publicPages(services: Services, request: Request): Promise<Response> {
  const { config } = services;
  const { path, method, query, authority } = request;
  if (path.replace(/\/+$/, "") === config.basePath) return notFound(services, request, "base_url");
  const inside = path.startsWith(`${config.basePath}/`) ? path.slice(config.basePath.length) : "";
  if (method !== "GET" && method !== "HEAD") return notFound(services, request, "regular_404");
  if (inside === "/robots.txt") return robots(services);
  const segments = config.multiSegmentSlugs ? /^\/(.+?)(\/track)?$/ : /^\/([^/]+)(\/track)?$/;
  const [, shortCode, tracking] = segments.exec(inside) ?? [];
  if (shortCode === undefined) return notFound(services, request, "regular_404");
  const target = await resolveTarget(services, shortCode, authority);
  if (tracking !== undefined) {
    const headers = { "Content-Type": "image/gif" };
    const response = { status: 200, headers, body: pixel };
    return target === null ? response : track(services, request, response, target);
  }
  if (target === null) return notFound(services, request, "invalid_short_url");
  const found = redirect(services, location(target, query, config.tracking.disableParam));
  return track(services, request, found, target);
}
