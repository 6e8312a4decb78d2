import type { Facts, Gateway } from "../../../doctor/facts.ts";
import { object } from "../support/healthy.ts";
import type { Case, QuietCase } from "./case.ts";

type Server = NonNullable<NonNullable<Gateway["spec"]>["servers"]>[number];

const secured = (...hosts: string[]): Server => ({
  port: { number: 443 },
  hosts,
  tls: { mode: "SIMPLE", credentialName: "shlink-tls" },
});

const born = (year: number, one: Gateway) => {
  one.metadata.creationTimestamp = `${year}-01-01T00:00:00Z`;
  return one;
};

/** Another team's Gateway of that year beside the stack's of 2025, which has TLS. */
const beside =
  (year: number, server: Server, selector: Record<string, string> = { istio: "ingressgateway" }) =>
  ({ gateways: [own], otherGateways }: Facts) => {
    born(2025, own!).spec!.servers!.push(secured("shlink.local", "admin.shlink.local"));
    const spec = { selector, servers: [server] };
    otherGateways.push(born(year, object("team", "theirs", spec)));
  };

/** Routes of the stack to a Gateway of others. */
const bound = (facts: Facts) => {
  beside(2024, secured("shlink.local"))(facts);
  facts.virtualServices[0]!.spec!.gateways!.push("team/theirs");
};

/** One that was made with the stack's, in its own namespace. */
const twin = (facts: Facts) => {
  beside(2025, secured("shlink.local"))(facts);
  facts.gateways.unshift(facts.otherGateways.pop()!);
};

export const cases: Case[] = [
  {
    id: "gateway-host-wrong",
    what: "an older Gateway of others for the same pods, port and host",
    change: beside(2024, secured("*/shlink.local")),
    says: /shlink\/shlink-gateway has lost shlink\.local, admin\.shlink\.local on port 443 to Gateway team\/theirs/,
  },
  {
    id: "gateway-host-wrong",
    what: "one for all gateways of the cluster, by whatever TLS",
    change: beside(2024, { ...secured("shlink.local"), tls: { mode: "PASSTHROUGH" } }, {}),
    says: /to Gateway team\/theirs/,
  },
];

export const quiet: QuietCase[] = (
  [
    ["a younger one", beside(2026, secured("shlink.local"))],
    ["one of the same second, of which nobody knows which comes first", twin],
    ["one for other pods", beside(2024, secured("shlink.local"), { istio: "other" })],
    ["one for another port", beside(2024, { ...secured("shlink.local"), port: { number: 8443 } })],
    ["one for another address", beside(2024, { ...secured("shlink.local"), bind: "10.0.0.9" })],
    ["one for other hosts, of which one covers ours", beside(2024, secured("*.local"))],
    ["one for the host of routes of its own namespace", beside(2024, secured("./shlink.local"))],
    [
      "one without TLS, which shares its hosts",
      beside(2024, { port: { number: 80 }, hosts: ["shlink.local"] }),
    ],
    ["one that the routes are bound to as well", bound],
    [
      "one that only sends visitors to https as ours does",
      (facts: Facts) => {
        const redirect = {
          port: { number: 80 },
          hosts: ["shlink.local"],
          tls: { httpsRedirect: true },
        };
        beside(2024, redirect)(facts);
        facts.gateways[0]!.spec!.servers![0]!.tls = { httpsRedirect: true };
      },
    ],
    [
      "one that has lost its hosts itself to an older one",
      (facts: Facts) => {
        beside(2024, secured("shlink.local", "common.example"))(facts);
        const spec = { selector: {}, servers: [secured("common.example")] };
        facts.otherGateways.push(born(2023, object("other", "first", spec)));
      },
    ],
  ] as const
).map(([what, change]) => ({ id: "gateway-host-wrong", what: `${what}, beside ours`, change }));
