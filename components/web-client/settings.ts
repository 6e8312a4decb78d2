import { type OutsideService, web } from "../../platform/services.ts";
import type { Settings } from "../../settings/index.ts";

export type Page = Extract<Settings["webClient"], { mode: "page" }>;
export type JwtLogin = Extract<Page["login"], { mode: "jwt" }>;

/** The page's settings; undefined: there is none. */
export const pageOf = ({ webClient }: Pick<Settings, "webClient">): Page | undefined =>
  webClient.mode === "none" ? undefined : webClient;

/** Whom istiod asks for the keys of the page's tokens; undefined: there are none. */
export function keysOf(settings: Pick<Settings, "webClient">): OutsideService | undefined {
  const login = pageOf(settings)?.login;
  return login?.mode === "jwt" ? web(login.keysUrl, "keys of the page's tokens") : undefined;
}

/** The page's host among those that the gateway serves. */
export const pageHosts = (settings: Pick<Settings, "webClient">): string[] =>
  settings.webClient.mode === "none" ? [] : [settings.webClient.host];

/** A text that is no key in the place of one: the page takes no server without, and asks for another once it fails. */
const noKey = "enter your own API key";

/** The list of servers as the page reads it. Everybody who opens the page can read it too. */
export const serversFile = (servers: { name: string; url: string }[]): string =>
  JSON.stringify(servers.map(({ name, url }) => ({ name, url, apiKey: noKey })));
