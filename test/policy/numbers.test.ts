import { after } from "mocha";
import { summary } from "./support/numbers.ts";
import { pack } from "./support/pack.ts";

// A hook outside every suite runs at the end of all.
after(() => {
  console.log(`\n  ${summary(pack.policies.length)}\n`);
});
