import assert from "node:assert/strict";
import { call, createLink, type Entry, readApiKey } from "../../../local/stack/smoke.ts";
import { kubeconfig, list, query } from "../platform.ts";

const count = 20;
const target = (index: number) => `https://example.com/before/${index}`;
const rows = `SELECT short_code, original_url, (SELECT count(*) FROM visits WHERE short_url_id = s.id)
  FROM short_urls s WHERE original_url LIKE 'https://example.com/before/%' ORDER BY id`;

/** Collections of what holds data, or whose loss takes data along. */
const stateful = [
  "/api/v1/namespaces",
  "/api/v1/persistentvolumes",
  "/api/v1/persistentvolumeclaims",
  "/apis/apps/v1/statefulsets",
  "/apis/postgres-operator.crunchydata.com/v1beta1/postgresclusters",
  "/apis/databases.spotahome.com/v1/redisfailovers",
];

/** Links with visits that have to be there after each step, and the objects that hold them. */
export class Standing {
  readonly #entry: Entry;
  #rows = "";
  #objects = new Map<string, string>();

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  /** Makes the links, and follows each. */
  async make(): Promise<void> {
    const key = await readApiKey(kubeconfig);
    for (let index = 0; index < count; index++) await createLink(this.#entry, key, target(index));
    this.#rows = await query(rows);
    this.#objects = await identities();
    await this.#follow();
  }

  /** The links are there with their visits, each can be followed, and no object was made anew but those. */
  async holds(replaced: RegExp | undefined): Promise<void> {
    assert.equal(await query(rows), this.#rows);
    await this.#follow();
    const now = await identities();
    for (const [name, uid] of this.#objects)
      if (replaced?.test(name) !== true) assert.equal(now.get(name), uid, name);
    this.#objects = now;
  }

  /** Each link gets one more visit. */
  async #follow(): Promise<void> {
    const links = this.#rows.split("\n").map((row) => row.split("|"));
    assert.equal(links.length, count);
    for (const [code, longUrl] of links) {
      const { status, location } = await call(this.#entry, { path: `/${code}` });
      assert.deepEqual([status, location], [302, longUrl]);
    }
    const more = (row: string) => row.replace(/\d+$/, (visits) => `${Number(visits) + 1}`);
    const wanted = this.#rows.split("\n").map(more).join("\n");
    this.#rows = await query(rows);
    assert.equal(this.#rows, wanted);
  }
}

async function identities(): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const path of stateful)
    for (const { metadata } of await list(path))
      all.set(`${metadata.namespace ?? ""}/${metadata.name}`, metadata.uid ?? "");
  assert.ok(all.size > stateful.length);
  return all;
}
