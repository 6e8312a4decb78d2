import type { AskLinks } from "../../../operate/links/link.ts";

type Stored = Record<string, unknown> & { shortCode: string; longUrl: string };

/** A Shlink of the memory, as far as links are read and made. */
export class FakeShlink {
  readonly links = new Map<string, Stored>();
  readonly rules = new Map<string, unknown>();
  /** Called before each answer. */
  before: (path: string) => void = () => undefined;

  readonly ask: AskLinks = (path, request) => {
    this.before(path);
    const [name = "", query = ""] = path.split("?");
    const domain = new URLSearchParams(query).get("domain");
    const [, code = "", part] = /^\/short-urls\/([^/]+)(\/redirect-rules)?$/.exec(name) ?? [];
    const key = `${domain ?? ""}/${decodeURIComponent(code)}`;
    const answer = (status: number, body: object) =>
      Promise.resolve({ status, body: body as Record<string, unknown> });
    if (part !== undefined && request !== undefined) {
      this.rules.set(key, (request.body as { redirectRules: unknown }).redirectRules);
      return answer(200, {});
    }
    if (part !== undefined) return answer(200, { redirectRules: this.rules.get(key) });
    if (code !== "") return answer(200, this.links.get(key) ?? {});
    if (request !== undefined) return this.#make(request.body as Record<string, unknown>);
    return answer(200, this.#page(new URLSearchParams(query)));
  };

  #make({ customSlug, ...fields }: Record<string, unknown>) {
    const key = `${(fields["domain"] as string | undefined) ?? ""}/${String(customSlug)}`;
    if (this.links.has(key)) {
      const body = { type: "https://shlink.io/api/error/non-unique-slug", detail: "in use" };
      return Promise.resolve({ status: 400, body: { ...body } });
    }
    if (fields["longUrl"] === "bad:url")
      return Promise.resolve({ status: 400, body: { detail: "Provided data is not valid" } });
    this.links.set(key, { ...fields, shortCode: String(customSlug) } as Stored);
    return Promise.resolve({ status: 200, body: {} });
  }

  #page(query: URLSearchParams) {
    const [page, size] = [Number(query.get("page")), Number(query.get("itemsPerPage"))];
    const all = [...this.links.values()];
    const pagination = { pagesCount: Math.ceil(all.length / size), totalItems: all.length };
    return { shortUrls: { data: all.slice((page - 1) * size, page * size), pagination } };
  }
}
