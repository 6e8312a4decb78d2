import assert from "node:assert/strict";
import { it } from "mocha";
import { releaseSeconds } from "../../bench/first.ts";

it("The program's releases take from the first that begins to the last that is there", () => {
  const at = (seconds: number, line: string) => ({ at: seconds, line });
  const release = " +  kubernetes:helm.sh/v3:Release";
  const heard = [
    at(1, " +  kubernetes:core/v1:Namespace a creating (0s) "),
    at(3, `${release} one creating (0s) `),
    at(4, `${release} two creating (0s) `),
    at(9, `${release} two created (5s) `),
    at(12, `${release} one created (9s) `),
    at(20, " +  kubernetes:apps/v1:Deployment a created (4s) "),
  ];
  assert.equal(releaseSeconds(heard), 9);
});
