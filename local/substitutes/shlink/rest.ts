import { checkKey } from "./api-keys.ts";
import { pageEntries } from "./cache.ts";
import { editDomainRedirects, listDomains } from "./domains.ts";
import { empty, json, type Request, type Response } from "./http.ts";
import { parseCreation, parseEdit } from "./input.ts";
import {
  invalidApiKey,
  malformedBody,
  mercureNotConfigured,
  missingApiKeyInQuery,
  missingAuthentication,
  nothingHere,
  Problem,
  serverError,
} from "./problems.ts";
import { parseFields, textIn } from "./query.ts";
import type { Body } from "./reader.ts";
import { listRules, setRules } from "./redirect-rules.ts";
import type { Services } from "./services.ts";
import { listShortUrls, parseList } from "./short-url-list.ts";
import { createShortUrl, deleteShortUrl, editShortUrl, getShortUrl } from "./short-urls.ts";
import { deleteTags, listTags, renameTag, tagStatistics } from "./tags.ts";
import {
  deleteOrphanVisits,
  deleteShortUrlVisits,
  domainVisits,
  nonOrphanVisits,
  orphanVisits,
  shortUrlVisits,
  tagVisits,
  visitsOverview,
} from "./visit-lists.ts";

interface Call {
  services: Services;
  request: Request;
  /** The part of the path that varies: a short code, a tag or a domain. */
  name: string;
  domain: string | null;
  apiKeyId: number;
}

/** Answers with what becomes JSON; nothing means an empty answer. */
type Action = (call: Call) => Promise<unknown>;
type Actions = Record<string, Action>;

async function readBody(request: Request): Promise<Body> {
  const text = await request.body();
  if (text === "" || text === "0") return {};
  if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    return parseFields(text);
  }
  try {
    const parsed = JSON.parse(text) as unknown;
    return typeof parsed === "object" && parsed !== null ? (parsed as Body) : {};
  } catch {
    throw malformedBody();
  }
}

async function shorten({ services, request, apiKeyId }: Call): Promise<unknown> {
  const { query, headers } = request;
  const wanted = parseCreation({ longUrl: query.longUrl ?? null }, services.config);
  const made = await createShortUrl(services, wanted, apiKeyId);
  const format = textIn(query, "format");
  const asText =
    format === null
      ? headers.accept?.split(",")[0]?.toLowerCase().includes("text/plain")
      : format.toLowerCase() === "txt";
  return asText
    ? { status: 200, headers: { "Content-Type": "text/plain" }, body: made.shortUrl }
    : made;
}

const shortUrl: Actions = {
  GET: ({ services, name, domain }) => getShortUrl(services, name, domain),
  PATCH: async ({ services, request, name, domain }) =>
    editShortUrl(services, name, domain, parseEdit(await readBody(request))),
  DELETE: ({ services, name, domain }) => deleteShortUrl(services, name, domain),
};

const shortUrls: Actions = {
  GET: async ({ services, request }) => {
    const { filter, page } = parseList(request.query);
    return { shortUrls: await listShortUrls(services, filter, page) };
  },
  POST: async ({ services, request, apiKeyId }) =>
    createShortUrl(services, parseCreation(await readBody(request), services.config), apiKeyId),
};

const setRedirectRules: Action = async ({ services, request, name, domain }) =>
  setRules(services, name, domain, await readBody(request));

const tags: Actions = {
  GET: ({ services, request }) => listTags(services, request.query),
  DELETE: ({ services, request }) => deleteTags(services, request.query),
  PUT: async ({ services, request }) => renameTag(services, await readBody(request)),
};

// The first that fits answers, so the longer path stands first.
const routes: [RegExp, Actions][] = [
  [
    /^\/short-urls\/([^/]+)\/visits$/,
    {
      GET: ({ services, request, name, domain }) =>
        shortUrlVisits(services, name, domain, request.query),
      DELETE: ({ services, name, domain }) => deleteShortUrlVisits(services, name, domain),
    },
  ],
  [
    /^\/tags\/([^/]+)\/visits$/,
    { GET: ({ services, request, name }) => tagVisits(services, name, request.query) },
  ],
  [
    /^\/domains\/([^/]+)\/visits$/,
    { GET: ({ services, request, name }) => domainVisits(services, name, request.query) },
  ],
  [/^\/visits$/, { GET: ({ services }) => visitsOverview(services) }],
  [
    /^\/visits\/orphan$/,
    {
      GET: ({ services, request }) => orphanVisits(services, request.query),
      DELETE: ({ services }) => deleteOrphanVisits(services),
    },
  ],
  [
    /^\/visits\/non-orphan$/,
    { GET: ({ services, request }) => nonOrphanVisits(services, request.query) },
  ],
  [
    /^\/short-urls\/([^/]+)\/redirect-rules$/,
    {
      GET: ({ services, name, domain }) => listRules(services, name, domain),
      POST: setRedirectRules,
      PATCH: setRedirectRules,
    },
  ],
  [/^\/short-urls$/, shortUrls],
  [/^\/short-urls\/shorten$/, { GET: shorten }],
  [/^\/short-urls\/([^/]+)$/, shortUrl],
  [/^\/tags$/, tags],
  [/^\/tags\/stats$/, { GET: ({ services, request }) => tagStatistics(services, request.query) }],
  [/^\/domains$/, { GET: ({ services }) => listDomains(services) }],
  [
    /^\/domains\/redirects$/,
    {
      PATCH: async ({ services, request }) =>
        editDomainRedirects(services, await readBody(request)),
    },
  ],
  [/^\/mercure-info$/, { GET: () => Promise.reject(mercureNotConfigured()) }],
];

async function health({ db, config: { version } }: Services): Promise<Response> {
  let connected = true;
  try {
    await db.query("SELECT 1");
  } catch {
    connected = false;
  }
  const links = { about: "https://shlink.io", project: "https://github.com/shlinkio/shlink" };
  return json(
    { status: connected ? "pass" : "fail", version, links },
    connected ? 200 : 503,
    "application/health+json",
  );
}

/** Only the address that makes a link in one step takes its key from the query. */
async function authenticate({ db }: Services, request: Request, inQuery: boolean): Promise<number> {
  const key = inQuery ? request.query.apiKey : request.headers["x-api-key"];
  if (typeof key !== "string" || key === "" || key === "0") {
    throw inQuery ? missingApiKeyInQuery() : missingAuthentication();
  }
  const id = await checkKey(db, key);
  if (id === null) throw invalidApiKey();
  return id;
}

/** Finds the action behind /rest/v1, v2 or v3; null when the path is none of the API's. */
function route(path: string) {
  const inside = /^\/rest\/v[123](\/.*)$/.exec(path)?.[1] ?? "";
  for (const [pattern, actions] of routes) {
    const match = pattern.exec(inside);
    if (match !== null) return { actions, name: match[1] ?? "" };
  }
  return null;
}

/** Laminas takes the prefix off before it looks, and names the rest. */
const unknown = ({ method, url }: Request) => nothingHere(method, url.replace("/rest/", "/"));

async function answer(services: Services, request: Request): Promise<Response> {
  const { path, method } = request;
  if (/^\/rest(?:\/v[123])?\/health$/.test(path)) {
    if (method === "OPTIONS") return empty({ Allow: "GET" });
    if (method === "GET" || method === "HEAD") return health(services);
  }
  const found = route(path);
  if (found === null) throw unknown(request);
  if (method === "OPTIONS") return empty({ Allow: Object.keys(found.actions).join(",") });
  const action = found.actions[method === "HEAD" ? "GET" : method];
  if (action === undefined) throw unknown(request);
  await services.cache.read(pageEntries);
  const apiKeyId = await authenticate(services, request, action === shorten);
  const domain = textIn(request.query, "domain");
  const result = await action({ services, request, name: found.name, domain, apiKeyId });
  if (result === undefined) return empty();
  return isResponse(result) ? result : json(result);
}

const isResponse = (result: unknown): result is Response =>
  typeof result === "object" && result !== null && "headers" in result && "body" in result;

export async function rest(
  services: Services,
  request: Request,
  onError: (error: Error) => void,
): Promise<Response> {
  try {
    return await answer(services, request);
  } catch (error) {
    if (!(error instanceof Problem)) onError(error as Error);
    const problem = error instanceof Problem ? error : serverError();
    return json(problem.body, problem.status, "application/problem+json");
  }
}
