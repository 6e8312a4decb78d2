/** Generated secrets are long enough to be none that anybody guesses. */

import { check } from "../engine/policy.ts";
import type { Policy } from "../engine/policy.ts";

const CLASSES = ["lower", "upper", "numeric", "special"];

export const passwordStrength: Policy = {
  name: "password-strength",
  title: "Generated secrets are strong",
  description: "Random passwords, bytes and keys are long enough and of the right kind.",
  severity: "medium",
  tags: ["secrets"],
  checks: {
    S04: check(
      "the generated secret is too short or too uniform",
      "It can be tried out.",
      "Use a RandomPassword of at least 20 characters of at least two classes, or 16 random bytes.",
    ),
    S04a: check(
      "the random name serves as a password",
      "A RandomString, RandomPet or RandomId is no secret in the state.",
      "Use RandomPassword.",
    ),
    S05: check(
      "the key is weaker than today's minimum",
      "It can be broken within the certificate's life.",
      "Use ECDSA P256 or stronger, or RSA of 2048 bits or more.",
    ),
  },
  checkResource({ type, name, props }, judge) {
    if (type === "random:index/randomPassword:RandomPassword") {
      judge.when("S04", props.get("length"), (node) => (node.number() ?? 0) < 20);
      const off = CLASSES.filter((key) => props.get(key).isFalse());
      if (off.length >= 3)
        judge.report("S04", props, "the generated secret uses one class of characters");
    }
    if (type === "random:index/randomBytes:RandomBytes") {
      judge.when("S04", props.get("length"), (node) => (node.number() ?? 0) < 16);
    }
    if (
      /^random:index\/random(String|Pet|Id):/.test(type) &&
      /password|secret|token|key/i.test(name)
    ) {
      judge.report("S04a", props);
    }
    if (type === "tls:index/privateKey:PrivateKey") {
      judge.when("S05", props.get("rsaBits"), (node) => (node.number() ?? 2048) < 2048);
      judge.when("S05", props.get("ecdsaCurve"), (node) => node.text() === "P224");
    }
  },
};
