import type { Gateway } from "../facts.ts";
import { selects } from "../readings.ts";

/** A host as istiod compares it. */
const comparable = (host: string, { metadata }: Gateway) =>
  host.replace(/^\*\//, "").replace(/^\.\//, `${metadata.namespace}/`);

const bornAt = ({ metadata }: Gateway) => Date.parse(metadata.creationTimestamp ?? "") || 0;

interface PassedOver {
  port: number | undefined;
  hosts: string[];
  holder: Gateway;
}

/**
 * The servers of a Gateway that istiod passes over for an older one. Of all Gateways for the same pods the oldest has a host on
 * a port with TLS; a server that names such a host once more goes with all its hosts.
 */
export function passedOver(own: Gateway, all: Gateway[]): PassedOver[] {
  const holders = new Map<string, Gateway>();
  return all
    .filter(({ spec }) => selects({ matchLabels: spec?.selector ?? {} }, own.spec?.selector))
    .toSorted((a, b) => bornAt(a) - bornAt(b))
    .flatMap((gateway) =>
      (gateway.spec?.servers ?? []).flatMap(({ port, bind = "", hosts = [], tls }) => {
        if (tls === undefined) return [];
        const places = hosts.map((one) => `${port?.number} ${bind} ${comparable(one, gateway)}`);
        const [holder] = places.flatMap((place) => holders.get(place) ?? []);
        if (holder === undefined) for (const place of places) holders.set(place, gateway);
        // A server that only sends visitors to https has no mode, and anybody's does the same.
        if (holder === undefined || gateway !== own || tls.mode === undefined) return [];
        return [{ port: port?.number, hosts, holder }];
      }),
    )
    .filter(({ holder }) => bornAt(holder) < bornAt(own));
}
