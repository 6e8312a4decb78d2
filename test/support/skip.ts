import { it } from "mocha";

/** Lets a suite say why it cannot run on this machine, in place of its cases. */
export function skip(reason: string): void {
  it(`is SKIPPED: ${reason}`, function () {
    this.skip();
  });
}
