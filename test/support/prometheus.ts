import { join } from "node:path";
import { toolFolder } from "../../local/toolchain/index.ts";

const folder = () => toolFolder("prometheus", (line) => process.stderr.write(`${line}\n`));

/** Finds Prometheus 3, whose rules and metrics a platform's Prometheus of today reads. */
export const prometheusPath = async () => join(await folder(), "prometheus");
export const promtoolPath = async () => join(await folder(), "promtool");
