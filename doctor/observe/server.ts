import type { Server } from "../facts.ts";
import { reasonOf } from "../../effects/reason.ts";
import type { Access } from "./access.ts";

/** Error codes of Node's TLS by which it refuses a server's certificate. */
const certificateCode = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/;

/** Asks for the version: whoever may log in may ask it. */
export async function greet({ ask, address }: Access): Promise<Server> {
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  try {
    const { status, body, date } = await ask<{ gitVersion?: string }>("/version");
    const seconds = since();
    const version = body.gitVersion;
    const clock = date === undefined ? {} : { ahead: (Date.parse(date) - Date.now()) / 1000 };
    if (status === 200 && version !== undefined) return { address, version, seconds, ...clock };
    if (status === 200)
      return { address, seconds, failure: { kind: "unreachable", message: "it tells no version" } };
    const message = `HTTP ${status} ${body.message ?? ""}`.trim();
    const kind = status === 401 || status === 403 ? "login" : "unreachable";
    return { address, seconds, failure: { kind, message } };
  } catch (error) {
    // The address is told beside it.
    const { cause = error } = error as Error;
    const { code = "" } = cause as NodeJS.ErrnoException;
    const kind = certificateCode.test(code) ? "certificate" : "unreachable";
    const message = reasonOf(cause);
    return { address, seconds: since(), failure: { kind, message } };
  }
}
