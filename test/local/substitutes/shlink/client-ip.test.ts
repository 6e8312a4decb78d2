import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { clientIp } from "../../../../local/substitutes/shlink/client-ip.ts";
import { anonymize } from "../../../../local/substitutes/shlink/visits.ts";

const peer = "10.0.0.9";
const forwarded = (value: string) => ({ "x-forwarded-for": value });

describe("the visitor's address", () => {
  it("is the peer's without any header", () => {
    assert.equal(clientIp(peer, {}, null), peer);
    assert.equal(clientIp("::ffff:10.0.0.9", {}, null), peer);
  });

  it("is the leftmost forwarded one when no proxy is trusted, so that anyone can forge it", () => {
    assert.equal(clientIp(peer, forwarded("6.6.6.6, 1.2.3.4"), null), "6.6.6.6");
  });

  it("is found by counting hops from the right", () => {
    const header = forwarded("6.6.6.6, 1.2.3.4, 10.0.0.8");
    assert.equal(clientIp(peer, header, 1), "10.0.0.8");
    assert.equal(clientIp(peer, header, 2), "1.2.3.4");
    assert.equal(clientIp(peer, header, 3), "6.6.6.6");
  });

  it("is the first untrusted one from the right with a list of proxies", () => {
    const header = forwarded("6.6.6.6, 1.2.3.4, 10.0.0.8");
    assert.equal(clientIp(peer, header, "10.0.0.0/24"), "1.2.3.4");
    assert.equal(clientIp(peer, header, "10.0.0.9,10.0.0.8"), "1.2.3.4");
    assert.equal(clientIp(peer, header, "10.0.0.*"), "1.2.3.4");
  });

  it("is the untrusted peer itself, whatever it claims", () => {
    assert.equal(clientIp("9.9.9.9", forwarded("1.2.3.4"), "10.0.0.0/24"), "9.9.9.9");
  });

  it("believes CF-Connecting-IP before everything else", () => {
    const headers = { ...forwarded("1.2.3.4"), "cf-connecting-ip": "5.5.5.5" };
    assert.equal(clientIp(peer, headers, null), "5.5.5.5");
  });

  it("falls back to the peer when the header holds something else than addresses", () => {
    assert.equal(clientIp(peer, forwarded("unknown, 1.2.3.4"), null), peer);
  });

  it("is read from Forwarded, and without its port", () => {
    assert.equal(clientIp(peer, { forwarded: "for=1.2.3.4;proto=https" }, null), "1.2.3.4");
    assert.equal(clientIp(peer, forwarded("1.2.3.4:5678"), null), "1.2.3.4");
  });

  it("loses its last part before it is stored", () => {
    assert.equal(anonymize("1.2.3.4"), "1.2.3.0");
    assert.equal(anonymize("127.0.0.1"), "127.0.0.1");
    assert.equal(anonymize("2001:db8::1"), null);
  });
});
