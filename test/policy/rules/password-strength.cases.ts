import { passwordStrength } from "../../../policy/rules/password-strength.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const PASSWORD: Fixture = {
  type: "random:index/randomPassword:RandomPassword",
  name: "db",
  props: { length: 32, special: false },
};
const BYTES: Fixture = {
  type: "random:index/randomBytes:RandomBytes",
  name: "salt",
  props: { length: 16 },
};
const STRING: Fixture = {
  type: "random:index/randomString:RandomString",
  name: "suffix",
  props: { length: 4 },
};
const KEY: Fixture = {
  type: "tls:index/privateKey:PrivateKey",
  name: "ca",
  props: { algorithm: "ECDSA", ecdsaCurve: "P256" },
};

export const suite = new Cases(passwordStrength, {
  password: PASSWORD,
  bytes: BYTES,
  string: STRING,
  key: KEY,
})
  .good("two classes", "password", { upper: false, numeric: true })
  .good("RSA of 4096 bits", "key", { rsaBits: 4096 })
  .bad(
    "a short password",
    "password",
    { length: 12 },
    'S04 random:index/randomPassword:RandomPassword "db", length: the generated secret is too short or too uniform.',
  )
  .bad(
    "one class",
    "password",
    { upper: false, numeric: false },
    'S04 random:index/randomPassword:RandomPassword "db": the generated secret uses one class of characters.',
  )
  .bad(
    "few bytes",
    "bytes",
    { length: 8 },
    'S04 random:index/randomBytes:RandomBytes "salt", length: the generated secret is too short or too uniform.',
  )
  .bad(
    "a random name as a password",
    "string",
    { "@name": "db-password" },
    'S04a random:index/randomString:RandomString "db-password": the random name serves as a password.',
  )
  .bad(
    "a short key",
    "key",
    { rsaBits: 1024 },
    'S05 tls:index/privateKey:PrivateKey "ca", rsaBits: the key is weaker than today\'s minimum.',
  )
  .bad(
    "a weak curve",
    "key",
    { ecdsaCurve: "P224" },
    'S05 tls:index/privateKey:PrivateKey "ca", ecdsaCurve: the key is weaker than today\'s minimum.',
  )
  .unknown("a length that is an output", "password", { length: UNKNOWN }, "length");
