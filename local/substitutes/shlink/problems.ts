/** An answer of the REST API that is not what was asked for: RFC 7807 with Shlink's type URIs. */
export class Problem extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    additional: Record<string, unknown> = {},
  ) {
    super(detail);
    this.status = status;
    this.body = {
      ...additional,
      title,
      type: `https://shlink.io/api/error/${code}`,
      status,
      detail,
    };
  }
}

export const missingAuthentication = () =>
  new Problem(
    401,
    "missing-authentication",
    "Invalid authorization",
    'Expected one of the following authentication headers, ["X-Api-Key"], but none were provided',
    { expectedHeaders: ["X-Api-Key"] },
  );

export const missingApiKeyInQuery = () =>
  new Problem(
    401,
    "missing-authentication",
    "Invalid authorization",
    'Expected authentication to be provided in "apiKey" query param',
    { param: "apiKey" },
  );

export const invalidApiKey = () =>
  new Problem(
    401,
    "invalid-api-key",
    "Invalid API key",
    "Provided API key does not exist or is invalid.",
  );

export const invalidData = (invalidElements: string[]) =>
  new Problem(400, "invalid-data", "Invalid data", "Provided data is not valid", {
    invalidElements,
  });

export const malformedBody = () =>
  new Problem(
    400,
    "malformed-request-body",
    "Malformed request body",
    "Provided request does not contain a valid JSON body.",
  );

const forDomain = (domain: string | null) => (domain === null ? "" : ` for domain "${domain}"`);

export const shortUrlNotFound = (shortCode: string, domain: string | null) =>
  new Problem(
    404,
    "short-url-not-found",
    "Short URL not found",
    `No URL found with short code "${shortCode}"${forDomain(domain)}`,
    { shortCode, ...(domain === null ? {} : { domain }) },
  );

export const slugInUse = (customSlug: string, domain: string | null) =>
  new Problem(
    400,
    "non-unique-slug",
    "Invalid custom slug",
    `Provided slug "${customSlug}" is already in use${forDomain(domain)}.`,
    { customSlug, ...(domain === null ? {} : { domain }) },
  );

export const tooManyVisits = (shortCode: string, threshold: number) =>
  new Problem(
    422,
    "invalid-short-url-deletion",
    "Cannot delete short URL",
    `Impossible to delete short URL with short code "${shortCode}", since it has more than "${threshold}" visits.`,
    { shortCode, threshold },
  );

export const tagNotFound = (tag: string) =>
  new Problem(404, "tag-not-found", "Tag not found", `Tag with name "${tag}" could not be found`, {
    tag,
  });

export const tagConflict = (oldName: string, newName: string) =>
  new Problem(
    409,
    "tag-conflict",
    "Tag conflict",
    `You cannot rename tag ${oldName} to ${newName}, because it already exists`,
    { oldName, newName },
  );

export const domainNotFound = (authority: string) =>
  new Problem(
    404,
    "domain-not-found",
    "Domain not found",
    `Domain with authority "${authority}" could not be found`,
    { authority },
  );

export const mercureNotConfigured = () =>
  new Problem(
    501,
    "mercure-not-configured",
    "Mercure integration not configured",
    "This Shlink instance is not integrated with a mercure hub.",
  );

export const nothingHere = (method: string, url: string) =>
  new Problem(404, "not-found", "Not Found", `Cannot ${method} ${url}!`);

/** What went wrong is for the log, not for the caller. */
export const serverError = () =>
  new Problem(500, "internal-server-error", "Internal Server Error", "An unknown error occurred.");
