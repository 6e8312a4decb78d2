import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";

/** The login behind a workflow's GITHUB_TOKEN. */
const BOT = "github-actions[bot]";
const PAGE = 100;
const ATTEMPTS = 3;

export interface Repository {
  api: string;
  /** `owner/name` */
  name: string;
  token: string;
}

interface Request {
  method: "GET" | "POST" | "PATCH";
  path: string;
  body?: object;
}

const posts = z.array(
  z.object({
    id: z.number(),
    number: z.number().optional(),
    state: z.string().optional(),
    body: z.string().nullish(),
    user: z.object({ login: z.string() }).nullish(),
    pull_request: z.unknown().optional(),
  }),
);
type Post = z.infer<typeof posts>[number];

/** GitHub, or what stands between, is at fault for now. */
class Passing extends Error {}

/** Edits the bot's own comment that starts with the marker, or writes the first one. */
export function putComment(repository: Repository, pull: number, marker: string, body: string) {
  return patiently(async () => {
    const path = `issues/${pull}/comments`;
    const own = await find(repository, path, marker);
    if (own === undefined) await call(repository, { method: "POST", path, body: { body } });
    else
      await call(repository, {
        method: "PATCH",
        path: `issues/comments/${own.id}`,
        body: { body },
      });
  });
}

/** Opens, rewrites or reopens the bot's one issue with the marker; without a body, closes it. */
export function putIssue(repository: Repository, marker: string, title: string, body?: string) {
  return patiently(async () => {
    const path = `issues?state=all&creator=${encodeURIComponent(BOT)}`;
    const own = await find(repository, path, marker);
    const edit = (body: object) =>
      call(repository, { method: "PATCH", path: `issues/${own?.number}`, body });
    if (body === undefined) {
      if (own?.state === "open") await edit({ state: "closed", state_reason: "completed" });
    } else if (own) await edit({ state: "open", title, body });
    else await call(repository, { method: "POST", path: "issues", body: { title, body } });
  });
}

/** Another attempt starts with the search, because the failed one may have written after all. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      if (attempt === ATTEMPTS)
        throw new Error(`${error.message} It was tried ${ATTEMPTS} times; run the job again.`);
      await wait(300 * 2 ** attempt);
    }
  }
}

async function find(repository: Repository, path: string, marker: string) {
  const separator = path.includes("?") ? "&" : "?";
  for (let page = 1; ; page++) {
    const query = `${separator}per_page=${PAGE}&page=${page}`;
    const answer = await call(repository, { method: "GET", path: path + query });
    const found = posts.safeParse(answer);
    if (!found.success) throw new Error(`GitHub's answer to GET ${path} is no list of posts.`);
    const own = found.data.find((post) => isOurs(post, marker));
    if (own || found.data.length < PAGE) return own;
  }
}

const isOurs = ({ user, body, pull_request }: Post, marker: string) =>
  user?.login === BOT && body?.startsWith(marker) === true && pull_request === undefined;

async function call({ api, name, token }: Repository, { method, path, body }: Request) {
  const response = await fetch(`${api}/repos/${name}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  }).catch(() => {
    throw new Passing(`GitHub cannot be reached at ${api}.`);
  });
  const subject = `${method} ${path.split("?")[0]} in ${name}`;
  if (!response.ok) throw refusal(response, subject);
  return response.json().catch((): unknown => {
    throw new Passing(`GitHub's answer to ${subject} is no JSON.`);
  });
}

function refusal({ status, headers }: Response, subject: string): Error {
  if (status >= 500) return new Passing(`GitHub answered ${status} to ${subject}.`);
  if (status === 429 || headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0")
    return new Error(
      `GitHub's rate limit is reached (${status} to ${subject}): run the job again later.`,
    );
  return new Error(
    `GitHub answered ${status} to ${subject}: ${ADVICE[status] ?? "see its documentation"}.`,
  );
}

const ADVICE: Record<number, string> = {
  401: "GITHUB_TOKEN is wrong or has expired",
  403: "give the job pull-requests: write for the comment, or issues: write for the drift issue",
  404: "check GITHUB_REPOSITORY and PR_NUMBER, and that the token may read them",
  410: "switch the repository's issues on",
  422: "it finds the text invalid",
};
