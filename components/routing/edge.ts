/** Where TLS ends in front of the gateway, that one sees HTTP, and visitors https. */
export const edgeScheme = { "x-forwarded-proto": "https" };

/** Keeps away from the gateway whoever does not come through the proxies that end TLS in front of it. */
export const edgeSpec = (proxies: string[]) => ({
  action: "DENY",
  rules: [{ from: [{ source: { notIpBlocks: proxies } }] }],
});
