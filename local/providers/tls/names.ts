import { isIP } from "node:net";
import {
  Name,
  SubjectAlternativeNameExtension,
  type Extension,
  type JsonGeneralNames,
  type JsonNameParams,
} from "../../lib/x509.ts";
import { strings, type Fields } from "../host/resource.ts";
import type { Props, Value } from "../host/values.ts";

const names = { kind: "list", replaces: true } as const;

/** Whom a certificate is for; a change of any makes another one. */
export const nameFields: Fields = {
  dnsNames: names,
  ipAddresses: {
    ...names,
    refuse: (value) => {
      const wrong = list(value).find((address) => isIP(address) === 0);
      return wrong === undefined ? undefined : `"${wrong}" is not an IP address`;
    },
  },
  uris: names,
  subject: {
    kind: "object",
    replaces: true,
    refuse: (value) => {
      const unknown = Object.keys(value as Props).find((key) => attributes[key] === undefined);
      return unknown === undefined ? undefined : `the local plugin does not support "${unknown}"`;
    },
  },
};

const attributes: Record<string, string> = {
  country: "C",
  organization: "O",
  organizationalUnit: "OU",
  locality: "L",
  province: "ST",
  commonName: "CN",
};

const list = (value: Value) => (Array.isArray(value) ? value.map(String) : []);

export function subjectOf(planned: Props): Name {
  const subject = (planned["subject"] ?? {}) as Record<string, string>;
  const parts: JsonNameParams = Object.entries(attributes).flatMap(([key, attribute]) => {
    const value = subject[key];
    return value === undefined ? [] : [{ [attribute]: [value] }];
  });
  return new Name(parts);
}

export function alternativeNames(planned: Props): Extension[] {
  const general: JsonGeneralNames = [
    ...strings(planned, "dnsNames").map((value) => ({ type: "dns" as const, value })),
    ...strings(planned, "ipAddresses").map((value) => ({ type: "ip" as const, value })),
    ...strings(planned, "uris").map((value) => ({ type: "url" as const, value })),
  ];
  const isAnonymous = subjectOf(planned).toString() === "";
  return general.length === 0 ? [] : [new SubjectAlternativeNameExtension(general, isAnonymous)];
}
