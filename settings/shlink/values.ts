import { isIPv4 } from "node:net";
import { z } from "zod";
import { host } from "../values.ts";

/** Shlink fills these in when it redirects a visitor, behind the host only. */
const placeholders = /(?<=^https?:\/\/[^/]+\/.*)\{(DOMAIN|ORIGINAL_PATH)\}/g;

/** Shlink itself would hand any text to a browser. */
export const address = z
  .string()
  .refine(
    (text) => isWebAddress(text.replaceAll(placeholders, "x")),
    'must be an address such as "https://example.com/welcome"',
  )
  .meta({ title: "address", examples: ["https://example.com/welcome"] });

/** An address that Shlink itself calls; a name and a password in it would stand in the pod's description. */
export const service = z
  .string()
  .refine(
    (text) =>
      isWebAddress(text) && !/[?#]/.test(text) && host.safeParse(new URL(text).hostname).success,
    'must be an address such as "https://matomo.example.com", with a full host name, without user, query or fragment',
  )
  .meta({ title: "address", examples: ["https://matomo.example.com"] });

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s"'<>\\{}]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

/** What a browser sends as Origin: no path, and the port only where it is not the scheme's own. */
export const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text,
    'must be an origin such as "https://admin.example.com", without a path',
  )
  .meta({ title: "origin", examples: ["https://admin.example.com"] });

/** Shlink knows these by IPv4 only. */
export const visitors = z
  .string()
  .refine(
    isVisitors,
    'must be an IPv4 address, a network such as "192.0.2.0/24", or a pattern such as "198.51.*.*"',
  )
  .meta({ title: "IPv4 addresses", examples: ["192.0.2.0/24"] });

function isVisitors(text: string): boolean {
  if (text.includes("*")) return isIPv4(text.replace(/(?<=^|\.)\*(?=\.|$)/g, "0"));
  return isIPv4(text) || z.cidrv4().safeParse(text).success;
}

/** Shlink splits lists at commas, and reads `true`, `null` and numbers as something else than text. */
export const word = z
  .string()
  .regex(
    /^(?!(true|false|null|empty)$)(?=.*[^\d.e+-])[\w.:@/ -]*[\w.:@/-]$/i,
    "must be a word of letters, digits and .:@/_-, not a number, true, false, null or empty",
  )
  .meta({ title: "word" });
