import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { rotateVaultAdmin } from "../../../operate/rotations/vault-admin.ts";
import { workloads } from "../../../platform/workloads.ts";
import { parseSettings } from "../../../settings/index.ts";
import { stackSettings } from "../../../plan/render.ts";
import { findTool } from "../../local/providers/integration/tools.ts";
import { RaftServer } from "../../support/raft-server.ts";
import { skip } from "../../support/skip.ts";
import { type FakeTools, fakeTools, putPod, putSecret } from "../support/tools.ts";

const binary = findTool("bao");
const secretPath = "/api/v1/namespaces/vault/secrets/vault-unseal-keys";
const split = { keyShares: 3, keyThreshold: 2 };

describe("npm run rotate -- vault-admin, beside a real server", function () {
  this.timeout(120_000);
  if (binary === undefined) return skip("no bao was found");

  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-vault-"));
  const settings = parseSettings("prod", {
    ...stackSettings("prod"),
    vault: { seal: { mode: "shamir", ...split } },
  });
  let server: RaftServer;
  let rootToken = "";
  let keys: string[] = [];
  let tools: FakeTools;
  /** The path of the command that is not run any more, as when somebody interrupts it there; none: all are. */
  let ends: RegExp | undefined;

  before(async () => {
    symlinkSync(binary, join(folder, "vault"));
    server = await new RaftServer(binary).start();
    const { body } = await server.call("PUT", "sys/init", {
      secret_shares: 3,
      secret_threshold: 2,
    });
    keys = body["keys_base64"] as string[];
    rootToken = body["root_token"] as string;
    await open(keys);
    const policy = readFileSync("components/vault/deployer.hcl", "utf8");
    await server.call("PUT", "sys/policies/acl/deployer", { policy }, rootToken);
  });
  after(async () => {
    await server.remove();
    rmSync(folder, { recursive: true });
  });

  async function open(all: string[]): Promise<void> {
    for (const key of all.slice(0, split.keyThreshold))
      await server.call("PUT", "sys/unseal", { key });
    await server.serves();
  }

  /** A command of the pod, here; the login is that of the deployer's policy. */
  async function execute(command: string[], input: string): Promise<string> {
    const text = command.join(" ");
    if (ends?.test(text)) throw new Error("interrupted");
    if (text.includes("auth/deployer/login")) {
      const made = { policies: ["deployer"], no_parent: true };
      const { body } = await server.call("POST", "auth/token/create", made, rootToken);
      return JSON.stringify({ auth: body["auth"] });
    }
    const env = {
      VAULT_ADDR: server.address,
      PATH: [folder, process.env["PATH"]].join(delimiter),
      HOME: folder,
    };
    const [program = "", ...args] = command;
    return new Promise((resolve, reject) => {
      const child = execFile(program, args, { env }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(stderr)),
      );
      child.stdin?.end(input);
    });
  }

  beforeEach(() => {
    tools = fakeTools();
    ends = undefined;
    const ask = tools.api.ask;
    tools.ask = async (path, request) =>
      path.endsWith("/vault-deployer/token")
        ? { status: 201, body: { status: { token: "jwt" } } as never }
        : ask(path, request);
    tools.execute = (_, command, input = "") => execute(command, input);
    putKeys({ unseal: keys });
    putPod(tools, "vault", "vault-0", workloads.vault.labels);
  });

  const putKeys = ({ unseal, next = [] }: { unseal: string[]; next?: string[] }) => {
    const named = (prefix: string, all: string[]) =>
      all.map((key, index) => [`${prefix}-key-${index}`, key] as const);
    const values = Object.fromEntries([...named("unseal", unseal), ...named("next", next)]);
    putSecret(tools, "vault", "vault-unseal-keys", values);
  };
  const stored = (prefix: string) => {
    const data = (tools.api.objects.get(secretPath)?.["data"] ?? {}) as Record<string, string>;
    return Object.entries(data)
      .filter(([name]) => name.startsWith(prefix))
      .map(([, value]) => Buffer.from(value, "base64").toString());
  };

  /** The new keys, and no others, open a server that starts. */
  async function opensWithNew(): Promise<void> {
    const now = stored("unseal-");
    assert.deepEqual([now.length, stored("next-")], [3, []]);
    assert.ok(!now.some((key) => keys.includes(key)));
    await server.restart();
    for (const key of keys.slice(0, 2)) await server.call("PUT", "sys/unseal", { key });
    assert.ok(await server.sealed());
    await server.restart();
    await open(now);
    keys = now;
  }

  it("gives Vault other keys, which alone open it, and shows none", async () => {
    await rotateVaultAdmin(tools, settings);
    const told = tools.told.join("\n");
    for (const key of [...keys, ...stored("unseal-")]) assert.ok(!told.includes(key));
    await opensWithNew();
  });

  for (const [where, path] of [
    ["before Vault makes new keys", /root\/update/],
    ["before Vault takes the new keys", /root\/verify -/],
  ] as const)
    it(`goes on after an end ${where}`, async () => {
      ends = path;
      await assert.rejects(rotateVaultAdmin(tools, settings));
      assert.deepEqual(stored("unseal-"), keys);
      ends = undefined;
      await rotateVaultAdmin(tools, settings);
      await opensWithNew();
    });

  it("goes on after an end between Vault and the Secret, whether the server runs or was started anew", async () => {
    for (const restarted of [false, true]) {
      let patches = 0;
      const { ask } = tools;
      tools.ask = (path, request) => {
        if (request?.method === "PATCH" && ++patches === 2) throw new Error("interrupted");
        return ask(path, request);
      };
      await assert.rejects(rotateVaultAdmin(tools, settings), /interrupted/);
      tools.ask = ask;
      if (restarted) {
        await server.restart();
        tools.pause = () => open(stored("unseal-"));
      }
      await rotateVaultAdmin(tools, settings);
      await opensWithNew();
    }
  });

  it("says that the keys of the Secret are not Vault's, and changes nothing", async () => {
    putKeys({ unseal: keys.map((key) => Buffer.from(key).toString("base64").slice(0, 44)) });
    const before = stored("unseal-");
    await assert.rejects(
      rotateVaultAdmin(tools, settings),
      /^Error: The keys of Secret vault\/vault-unseal-keys do not open Vault, and nothing was changed: /,
    );
    assert.deepEqual(stored("unseal-"), before);
  });

  it("says that the server does not run, and asks it nothing", async () => {
    tools.api.objects.delete("/api/v1/namespaces/vault/pods/vault-0");
    tools.execute = () => Promise.reject(new Error("asked"));
    await assert.rejects(
      rotateVaultAdmin(tools, settings),
      /^Error: Pod vault\/vault-0 does not run, and nothing can be rotated\. Look at: npm run doctor$/,
    );
  });

  it("says that a deployer of before may not do it yet", async () => {
    const policy = 'path "sys/auth" { capabilities = ["read"] }';
    await server.call("PUT", "sys/policies/acl/deployer", { policy }, rootToken);
    await assert.rejects(
      rotateVaultAdmin(tools, settings),
      /run pulumi up, which gives it that right/,
    );
  });
});
