import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Server } from "node:http";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { newAuthority, newCertificate } from "../support/certificates.ts";
import {
  FakeVault,
  rootToken,
  serveJson,
  unsealKeys,
  type Reply,
  type Request,
} from "../support/fake-vault.ts";
import { VaultPod } from "../support/vault-pod.ts";

const collection = "/api/v1/namespaces/vault/secrets";
const encode = (text: string) => Buffer.from(text).toString("base64");
const stored = (keys: string[]) =>
  Object.fromEntries(keys.map((key, index) => [`unseal-key-${index}`, encode(key)]));

const root = await newAuthority();
const leaf = await newCertificate(root, "localhost");

/** The scripts run as they do in their pods: as processes, against a Vault and a Kubernetes API on loopback. */
describe("The scripts that open Vault", () => {
  let pod: VaultPod;
  let vault: FakeVault;
  /** The Secret with the keys. */
  let secret: Record<string, string> | undefined;
  /** Whether the Kubernetes API lets a Secret be made. */
  let writable: boolean;
  /** What was asked for that changes something. */
  let requests: string[];
  /** How often Vault was asked for its state. */
  let polls: number;
  let servers: Server[] = [];
  let child: ChildProcess | undefined;

  function kubernetes({ method, path, body }: Request): Reply {
    assert.ok(path.startsWith(collection), path);
    if (method !== "GET") requests.push(`${method} secret`);
    if (method === "POST" && !writable) return { status: 403 };
    if (method === "POST") secret = body["data"] as Record<string, string>;
    if (secret === undefined) return { status: 404 };
    if (method === "PATCH") {
      const merged = { ...secret, ...(body["data"] as Record<string, string | null>) };
      const kept = Object.entries(merged).filter(([, value]) => value !== null);
      secret = Object.fromEntries(kept) as Record<string, string>;
    }
    return { status: method === "POST" ? 201 : 200, body: { data: secret } };
  }

  function vaultServer(request: Request): Reply {
    if (request.method === "GET") polls++;
    else requests.push(`${request.method} ${request.path.replace("/v1/", "")}`);
    return vault.answer(request);
  }

  before(async () => {
    const api = await serveJson(kubernetes, { key: leaf.key, cert: leaf.certificate });
    const server = await serveJson(vaultServer);
    servers = [api.server, server.server];
    pod = new VaultPod({
      apiPort: api.port,
      authority: root.certificate,
      vaultPort: server.port,
      tokens: { own: "own-token", vault: "vault-token" },
      // The unsealer looks more often.
      adapt: (text) => text.replace("sleep(2_000)", "sleep(20)").replace("< 5_000", "< 1_900"),
    });
  });

  beforeEach(() => {
    [vault, secret, writable, requests, polls] = [new FakeVault(), undefined, true, [], 0];
  });
  afterEach(() => child?.kill("SIGKILL"));
  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    pod.remove();
  });

  function start(script: string): { output: () => string; process: ChildProcess } {
    const started = pod.start(script);
    child = started.process;
    return started;
  }

  async function bootstrap(): Promise<{ code: number | null; output: string }> {
    const { output, process } = start("bootstrap.ts");
    const [code] = (await once(process, "close")) as [number | null];
    for (const key of [...unsealKeys, rootToken, "own-token", "vault-token"])
      assert.ok(!output().includes(key), `${key} was printed`);
    return { code, output: output() };
  }

  async function refused(): Promise<string> {
    const { code, output } = await bootstrap();
    assert.equal(code, 1, output);
    assert.equal(output.trim().split("\n").length, 1, output);
    assert.ok(!requests.includes("PUT sys/init"), "Vault was initialised");
    return output.trim();
  }

  async function until(holds: () => boolean): Promise<void> {
    for (const deadline = Date.now() + 15_000; !holds();)
      if (Date.now() > deadline) assert.fail("it did not happen within 15 s");
      else await new Promise((resolve) => setTimeout(resolve, 10));
  }

  describe("bootstrap", () => {
    it("initialises an empty Vault, keeps its keys before it uses one, and leaves no root token", async () => {
      const { code, output } = await bootstrap();
      assert.equal(code, 0, output);
      assert.deepEqual(requests.slice(0, 4), [
        "POST secret",
        "PUT sys/init",
        "PATCH secret",
        "PUT sys/unseal",
      ]);
      assert.deepEqual(requests.slice(-2), ["POST auth/token/revoke-self", "PATCH secret"]);
      assert.deepEqual(secret, stored(unsealKeys));
      assert.deepEqual([...vault.mounts], ["deployer"]);
    });

    it("asks no server before their Service answers, for DNS remembers a pod's name that it did not find", async () => {
      const askedBefore: number[] = [];
      const service = await serveJson((request) => {
        askedBefore.push(polls);
        return askedBefore.length < 3 ? { status: 503 } : vault.answer(request);
      });
      servers.push(service.server);
      const own = { ...pod.env };
      pod.env["VAULT_ADDRESS"] = `http://127.0.0.1:${service.port}`;
      try {
        const { code, output } = await bootstrap();
        assert.equal(code, 0, output);
      } finally {
        Object.assign(pod.env, own);
      }
      assert.deepEqual(askedBefore, [0, 0, 0]);
    });

    it("comes in as the deployer when it runs again, and makes neither key nor login anew", async () => {
      Object.assign(vault, { initialized: true, sealed: false, mounts: new Set(["deployer"]) });
      secret = stored(unsealKeys);
      const { code, output } = await bootstrap();
      assert.equal(code, 0, output);
      assert.deepEqual(secret, stored(unsealKeys));
      assert.equal(requests[0], "POST auth/deployer/login");
      for (const never of ["PUT sys/init", "PUT sys/unseal", "POST sys/auth/deployer"])
        assert.ok(!requests.includes(never), never);
    });

    it("opens a sealed Vault with as many keys of the Secret as it needs", async () => {
      vault.initialized = true;
      secret = stored(unsealKeys);
      const { code, output } = await bootstrap();
      assert.equal(code, 0, output);
      assert.equal(vault.sealed, false);
      assert.equal(requests.filter((request) => request === "PUT sys/unseal").length, 2);
      assert.ok(!requests.includes("PUT sys/init"));
    });

    it("gives a server that joins others its keys once, and waits until the leader has answered", async () => {
      Object.assign(vault, { initialized: true, joinsAfter: 3 });
      secret = stored(unsealKeys);
      const { code, output } = await bootstrap();
      assert.equal(code, 0, output);
      assert.equal(requests.filter((request) => request === "PUT sys/unseal").length, 2);
    });

    it("gives its keys again when Vault refused them because the unsealer gave its own", async () => {
      Object.assign(vault, { initialized: true, refusals: 1 });
      secret = stored(unsealKeys);
      const { code, output } = await bootstrap();
      assert.equal(code, 0, output);
      assert.equal(vault.sealed, false);
    });

    it("gives its keys again when the unsealer's were enough, and the rest of its own were not", async () => {
      Object.assign(vault, { initialized: true, joinsAfter: 6, overtakenAfter: 2 });
      secret = stored(unsealKeys);
      const { code, output } = await bootstrap();
      assert.equal(code, 0, output);
      assert.equal(vault.sealed, false);
    });

    it("goes on after a run that ended before the initialisation", async () => {
      secret = { probe: encode("probe") };
      assert.equal((await bootstrap()).code, 0);
      assert.deepEqual(secret, stored(unsealKeys));
    });

    it("does not initialise again when the Secret with the keys is missing, and says how to restore", async () => {
      vault.initialized = true;
      assert.equal(
        await refused(),
        "Vault is initialised, but Secret vault/vault-unseal-keys with its keys is missing: restore that Secret " +
          "from your copy and run again. Vault is not initialised a second time, for that would destroy what it holds.",
      );
      assert.deepEqual(requests, []);
      assert.equal(secret, undefined);
    });

    it("tells a Vault whose keys were lost on their way from one that holds data", async () => {
      vault.initialized = true;
      secret = { probe: encode("probe") };
      assert.match(
        await refused(),
        /ended before its keys reached Secret vault\/vault-unseal-keys\. It holds no data yet: delete the Secret and the volumes/,
      );
      assert.deepEqual(requests, []);
    });

    it("keeps the keys of a Vault whose volumes are gone, and asks for the volumes", async () => {
      secret = stored(unsealKeys);
      assert.match(
        await refused(),
        /^Secret vault\/vault-unseal-keys holds keys, but Vault is empty: restore Vault's volumes/,
      );
      assert.deepEqual(requests, []);
      assert.deepEqual(secret, stored(unsealKeys));
    });

    it("makes no key when the Secret for it cannot be written", async () => {
      writable = false;
      assert.equal(
        await refused(),
        "Secret vault-unseal-keys cannot be written: the API server answered 403",
      );
    });

    it("says that the Secret holds too few keys when they do not open Vault", async () => {
      vault.initialized = true;
      secret = stored(unsealKeys.slice(0, 1));
      assert.match(
        await refused(),
        /needs 2 different keys, and the Secret holds 1: restore that Secret from your copy$/,
      );
      assert.deepEqual(requests, []);
    });
  });

  describe("unsealer", () => {
    it("says once that the keys are missing, and opens Vault when they are back", async () => {
      vault.initialized = true;
      const { output } = start("unsealer.ts");
      await until(() => polls >= 5);
      const { VAULT_ADDRESSES: address } = pod.env;
      assert.equal(
        output(),
        `${address}: it is sealed, and Secret vault-unseal-keys has no keys\n`,
      );
      secret = stored(unsealKeys);
      await until(() => output().endsWith(": unsealed\n"));
      assert.equal(vault.sealed, false);
    });

    it("leaves a Vault that is empty to the bootstrap", async () => {
      secret = stored(unsealKeys);
      const { output } = start("unsealer.ts");
      await until(() => polls >= 5);
      assert.equal(output(), "");
      assert.deepEqual(requests, []);
    });
  });
});
