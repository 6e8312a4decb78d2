import { it } from "mocha";
import { configFile } from "../../../local/stack/environment.ts";
import { examined, namedFirst, wellAgain } from "../doctor.ts";
import type { Fault } from "./fault.ts";

/** A probe that fails is told from a slow start after two minutes. */
const namedWithin = 240;
const wellWithin = 300;

/** A test of a fault on running stack dev. */
export const isNamed = ({ finding, what, says, inject, look, mend, putBack }: Fault) =>
  it(`is named: ${what} is ${finding}; and what its runbook says mends it`, async () => {
    const view = await look?.();
    await inject?.();
    try {
      const named = { finding, says };
      await namedFirst(named, namedWithin, () => examined(configFile("dev"), view));
    } finally {
      await mend();
    }
    await wellAgain(configFile("dev"), wellWithin);
    if (putBack === undefined) return;
    await putBack();
    await wellAgain(configFile("dev"), wellWithin);
  });
