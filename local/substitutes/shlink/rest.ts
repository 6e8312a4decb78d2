import { checkKey } from "./api-keys.ts";
import { version } from "./config.ts";
import { empty, json, type Request, type Response } from "./http.ts";
import { parseCreation, parseEdit, type Body } from "./input.ts";
import {
  invalidApiKey,
  malformedBody,
  missingAuthentication,
  nothingHere,
  Problem,
  serverError,
} from "./problems.ts";
import { pageFrom } from "./serialize.ts";
import {
  createShortUrl,
  deleteShortUrl,
  editShortUrl,
  getShortUrl,
  listShortUrls,
  type Services,
} from "./short-urls.ts";
import { shortUrlVisits, visitsOverview, visitsWhere } from "./visits.ts";

interface Call {
  services: Services;
  request: Request;
  shortCode: string;
  domain: string | null;
  apiKeyId: number;
}

type Action = (call: Call) => Promise<Response>;

async function jsonBody(request: Request): Promise<Body> {
  const text = await request.body();
  if (text === "" || text === "0") return {};
  try {
    const parsed = JSON.parse(text) as unknown;
    return typeof parsed === "object" && parsed !== null ? (parsed as Body) : {};
  } catch {
    throw malformedBody();
  }
}

const listFilter = (query: URLSearchParams) => ({
  searchTerm: query.get("searchTerm"),
  tags: query.getAll("tags[]"),
  orderBy: query.get("orderBy"),
});

const excludesBots = (query: URLSearchParams) =>
  query.has("excludeBots") && query.get("excludeBots") !== "false";

const shortUrlActions: Record<string, Action> = {
  GET: async ({ services, shortCode, domain }) =>
    json(await getShortUrl(services, shortCode, domain)),
  PATCH: async ({ services, request, shortCode, domain }) =>
    json(await editShortUrl(services, shortCode, domain, parseEdit(await jsonBody(request)))),
  DELETE: async ({ services, shortCode, domain }) => {
    await deleteShortUrl(services, shortCode, domain);
    return empty();
  },
};

const collectionActions: Record<string, Action> = {
  GET: async ({ services, request: { query } }) =>
    json({ shortUrls: await listShortUrls(services, listFilter(query), pageFrom(query, 10)) }),
  POST: async ({ services, request, apiKeyId }) => {
    const wanted = parseCreation(await jsonBody(request), services.config);
    return json(await createShortUrl(services, wanted, apiKeyId));
  },
};

const visitsOf =
  (orphan: boolean): Action =>
  async ({ services, request: { query } }) =>
    json({
      visits: await visitsWhere(services, orphan, excludesBots(query), pageFrom(query, null)),
    });

const routes: [RegExp, Record<string, Action>][] = [
  [
    /^\/short-urls\/([^/]+)\/visits$/,
    {
      GET: async ({ services, request: { query }, shortCode, domain }) => {
        const page = pageFrom(query, null);
        const bots = excludesBots(query);
        return json({ visits: await shortUrlVisits(services, shortCode, domain, bots, page) });
      },
    },
  ],
  [/^\/visits\/orphan$/, { GET: visitsOf(true) }],
  [/^\/visits\/non-orphan$/, { GET: visitsOf(false) }],
  [/^\/visits$/, { GET: async ({ services }) => json({ visits: await visitsOverview(services) }) }],
  [/^\/short-urls$/, collectionActions],
  [/^\/short-urls\/([^/]+)$/, shortUrlActions],
];

async function health({ db }: Services): Promise<Response> {
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

async function authenticate({ db }: Services, request: Request): Promise<number> {
  const key = request.headers["x-api-key"];
  if (typeof key !== "string" || key === "" || key === "0") throw missingAuthentication();
  const id = await checkKey(db, key);
  if (id === null) throw invalidApiKey();
  return id;
}

/** The path behind /rest/v1, v2 or v3, or null when it is none of the API's. */
function route(path: string) {
  const inside = /^\/rest\/v[123](\/.*)$/.exec(path)?.[1];
  for (const [pattern, actions] of routes) {
    const match = inside === undefined ? null : pattern.exec(inside);
    if (match !== null) return { actions, shortCode: match[1] ?? "" };
  }
  return null;
}

async function answer(services: Services, request: Request): Promise<Response> {
  const { path, method } = request;
  if (/^\/rest(?:\/v[123])?\/health$/.test(path)) {
    if (method === "OPTIONS") return empty({ Allow: "GET" });
    if (method === "GET" || method === "HEAD") return health(services);
  }
  const found = route(path);
  if (found === null) throw nothingHere(method, request.url);
  const allowed = Object.keys(found.actions).join(",");
  if (method === "OPTIONS") return empty({ Allow: allowed });
  const action = found.actions[method === "HEAD" ? "GET" : method];
  if (action === undefined) throw nothingHere(method, request.url);
  const apiKeyId = await authenticate(services, request);
  const domain = request.query.get("domain");
  return action({ services, request, shortCode: found.shortCode, domain, apiKeyId });
}

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
