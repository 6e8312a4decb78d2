import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { mergeQueries, parseFields } from "../../../../local/substitutes/shlink/query.ts";
import { location } from "../../../../local/substitutes/shlink/redirects.ts";

describe("Shlink's queries", () => {
  it("become lists by brackets only", () => {
    assert.deepEqual(parseFields("tags[]=a&tags[]=b&x=1&x=2&y"), {
      tags: ["a", "b"],
      x: "2",
      y: "",
    });
  });

  it("keep a flag a flag, and write spaces as %20", () => {
    assert.equal(mergeQueries("a=1&flag", "b=x+y&a=2", null), "a=2&flag&b=x%20y");
    assert.equal(mergeQueries("a=1", "off&b=!", "off"), "a=1&b=%21");
  });

  it("are left out of the address where forwarding is off, and the host is in small letters", () => {
    const from = "https://EXAMPLE.com/Path?a=1#Part";
    const without = null;
    assert.equal(
      location(from, "b=2", { forwardQuery: true, without }),
      "https://example.com/Path?a=1&b=2#Part",
    );
    assert.equal(
      location(from, "b=2", { forwardQuery: false, without }),
      "https://example.com/Path?a=1#Part",
    );
  });
});
