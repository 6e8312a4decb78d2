import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { certificateRequests, createCertificates } from "../../../local/cluster/certificates.ts";

describe("certificates of the local cluster", () => {
  let folder: string;
  const load = async (name: string) =>
    new X509Certificate(await readFile(join(folder, `${name}.crt`)));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cluster-pki-"));
    await createCertificates(folder);
  });
  after(() => rm(folder, { recursive: true }));

  it("let clients reach the API server by node address, service address and names", async () => {
    const certificate = await load("apiserver");
    for (const address of ["10.201.0.2", "10.96.0.1", "127.0.0.1"]) {
      assert.equal(certificate.checkIP(address), address);
    }
    const names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
    for (const name of [...names, "kubernetes.default.svc.cluster.local"]) {
      assert.equal(certificate.checkHost(name), name);
    }
    assert.equal(certificate.checkIP("10.201.0.1"), undefined);
  });

  it("give the person the administrator's group and the node its own identity", async () => {
    assert.match((await load("admin")).subject, /O=system:masters/);
    const node = (await load("node")).subject;
    assert.match(node, /O=system:nodes/);
    assert.match(node, /CN=system:node:shlink-local/);
  });

  it("are signed by the authority that each is meant for", async () => {
    for (const { name, signer } of certificateRequests) {
      const [certificate, authority] = [await load(name), await load(signer)];
      assert.ok(certificate.verify(authority.publicKey), name);
      assert.equal(certificate.ca, false, name);
      assert.equal(authority.ca, true, signer);
    }
  });

  it("serve only one purpose: servers cannot log in, clients cannot serve", async () => {
    for (const { name, names } of certificateRequests) {
      const server = "1.3.6.1.5.5.7.3.1";
      const client = "1.3.6.1.5.5.7.3.2";
      assert.deepEqual((await load(name)).keyUsage, [names ? server : client], name);
    }
  });

  it("keep every private key readable by its owner alone", async () => {
    const names = [...certificateRequests.map(({ name }) => name), "ca", "service-account"];
    for (const name of names) {
      assert.equal((await stat(join(folder, `${name}.key`))).mode & 0o777, 0o600, name);
    }
  });

  it("are made once: a second call changes nothing", async () => {
    const serial = (await load("apiserver")).serialNumber;
    await createCertificates(folder);
    assert.equal((await load("apiserver")).serialNumber, serial);
  });
});
