import assert from "node:assert/strict";
import { type Blow, interrupt } from "../../bench/interrupt.ts";

/** How often a command may come to its end for another reason before it is struck, on a machine that is too busy. */
const attempts = 3;

/** Strikes a command again and again, each time a few resources further; the command goes on from there. */
export async function interruptEach(
  word: "up" | "down",
  step: number,
  each: Blow[],
): Promise<void> {
  for (const blow of each) {
    let done = 0;
    for (let attempt = 0; attempt < attempts && done < step; attempt++) {
      const ended = await interrupt(word, step, blow);
      assert.doesNotMatch(ended.output, /^ *at .*:\d+:\d+/m, "a stack trace");
      ({ done } = ended);
      console.log(`      ${blow.name} after ${done} resources: exit ${ended.code}`);
      if (done < step) console.log(ended.output.slice(-4000));
    }
    assert.ok(done >= step, `${word} never came to ${step} resources`);
  }
}
