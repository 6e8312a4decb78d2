import { describe, it } from "mocha";
import assert from "node:assert/strict";
import type { Problem } from "../../../../local/substitutes/shlink/problems.ts";
import { parseFields } from "../../../../local/substitutes/shlink/query.ts";
import { pageFrom, pageOf, paginated } from "../../../../local/substitutes/shlink/serialize.ts";
import { parseList } from "../../../../local/substitutes/shlink/short-url-list.ts";

const parse = (query: string) => parseList(parseFields(query));

describe("Shlink's lists", () => {
  for (const query of [
    "page=0",
    "page=-1",
    "page=abc",
    "itemsPerPage=-2",
    "orderBy=nothing",
    "orderBy=title-UP",
    "tagsMode=some",
    "excludeTagsMode=some",
    "startDate=yesterday",
    "endDate=2024-13",
    "tags=foo",
  ]) {
    it(`of short URLs refuse ${query} and name the field`, () => {
      const [field = ""] = query.split("=");
      assert.throws(
        () => parse(query),
        ({ status, body }: Problem) =>
          status === 400 && assert.deepEqual(body.invalidElements, [field]) === undefined,
      );
    });
  }

  it("of short URLs have ten on a page, and all of them with zero", () => {
    assert.deepEqual(parse("").page, { number: 1, itemsPerPage: 10 });
    assert.deepEqual(parse("itemsPerPage=0&page=1").page, { number: 1, itemsPerPage: null });
  });

  it("of visits take a page that is no number for the first", () => {
    assert.deepEqual(pageFrom({ page: "abc", itemsPerPage: "-1" }), pageOf(1, null));
  });

  it("fail behind their last page, and describe an empty one", () => {
    assert.throws(() => paginated(pageOf(2, 10), [], 10), /does not exist/);
    assert.deepEqual(paginated(pageOf(1, null), [], 0).pagination, {
      currentPage: 1,
      pagesCount: 1,
      itemsPerPage: 1,
      itemsInCurrentPage: 0,
      totalItems: 0,
    });
  });
});
