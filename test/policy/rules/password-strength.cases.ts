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
  .good("password", { "two classes": { upper: false, numeric: true } })
  .good("key", { "RSA of 4096 bits": { rsaBits: 4096 } })
  .bad(
    "password",
    'S04 random:index/randomPassword:RandomPassword "db", length: the generated secret is too short or too uniform.',
    { "a short password": { length: 12 } },
  )
  .bad(
    "password",
    'S04 random:index/randomPassword:RandomPassword "db": the generated secret uses one class of characters.',
    { "one class": { upper: false, numeric: false } },
  )
  .bad(
    "bytes",
    'S04 random:index/randomBytes:RandomBytes "salt", length: the generated secret is too short or too uniform.',
    { "few bytes": { length: 8 } },
  )
  .bad(
    "string",
    'S04a random:index/randomString:RandomString "db-password": the random name serves as a password.',
    { "a random name as a password": { "@name": "db-password" } },
  )
  .bad(
    "key",
    'S05 tls:index/privateKey:PrivateKey "ca", rsaBits: the key is weaker than today\'s minimum.',
    { "a short key": { rsaBits: 1024 } },
  )
  .bad(
    "key",
    'S05 tls:index/privateKey:PrivateKey "ca", ecdsaCurve: the key is weaker than today\'s minimum.',
    { "a weak curve": { ecdsaCurve: "P224" } },
  )
  .unknown("password", "length", { "a length that is an output": { length: UNKNOWN } });
