import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { hostScope } from "../../../policy/engine/hosts.ts";
import { hostDresses, hostNames, hostSpaces } from "../support/generators.ts";
import { numbers } from "../support/numbers.ts";

/** Countries, their registries' second and third levels, clouds, and services that give every address a name. */
const everybodys = (
  "com dev local co.uk com.au gv.at asso.fr waw.pl uk.com eu.org tokyo.jp minato.tokyo.jp kobe.jp ck k12.ca.us " +
  "公司.cn xn--55qx5d.cn appspot.com amazonaws.com s3.amazonaws.com s3.eu-west-1.amazonaws.com elb.amazonaws.com " +
  "azurewebsites.net azurestaticapps.net cloudapp.net trafficmanager.net cloudfront.net blogspot.com firebaseapp.com " +
  "web.app run.app fly.dev onrender.com duckdns.org ngrok.io surge.sh github.io githubusercontent.com gitlab.io " +
  "herokuapp.com netlify.app pages.dev vercel.app workers.dev nip.io sslip.io traefik.me xip.io"
).split(" ");

const owned = (
  "example.com example.co.uk shlink.fly.dev ours.github.io bücher.de svc.cluster.local city.kobe.jp www.ck " +
  "ours.s3.amazonaws.com 10-0-0-1.nip.io"
).split(" ");

describe("the owner of what a wildcard stands for", () => {
  it("is everybody below a public suffix, however many labels that has", () => {
    assert.ok(everybodys.length >= 40);
    const missed = everybodys.filter((suffix) => hostScope(`*.${suffix}`) !== "public-suffix");
    assert.deepEqual(missed, []);
  });

  it("is one party below a registered name", () => {
    const accused = owned.filter((name) => hostScope(`*.${name}`) !== "subdomain");
    assert.deepEqual(accused, []);
  });
});

describe("every form of a host", () => {
  it("is classified by what it matches, whatever its dress", () => {
    for (const [name, scope] of hostNames) {
      for (const dress of hostDresses) {
        for (const [space, kind] of hostSpaces) {
          const host = `${space}${dress(name)}`;
          const expected = scope === "all" && kind === "one" ? "namespace-all" : scope;
          numbers.generated += 1;
          assert.equal(hostScope(host), expected, JSON.stringify(host));
        }
      }
    }
  });

  it("is nothing when it is no text", () => {
    for (const value of [undefined, null, 7, true, [], {}, ["*"]])
      assert.equal(hostScope(value), "invalid");
  });
});
