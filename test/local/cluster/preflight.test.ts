import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { availableMemory } from "../../../local/cluster/host-facts.ts";
import { networkPlan, ownerNote, ownerOf } from "../../../local/cluster/network.ts";
import { obstacles, overlaps, type HostFacts } from "../../../local/cluster/preflight.ts";

const gib = 1024 ** 3;

function facts(changes: Partial<HostFacts> = {}): HostFacts {
  return {
    platform: "linux",
    userId: 0,
    availableMemory: 16 * gib,
    stateDir: "/root/.local/state/shlink-platform/cluster",
    freeDisk: 50 * gib,
    missingCommands: [],
    missingPlugins: [],
    hasCgroups: true,
    namespace: "none",
    made: false,
    addresses: [{ device: "eth0", network: "192.0.2.2/24" }],
    routes: [{ device: "eth0", network: "192.0.2.0/24" }],
    otherKubelet: undefined,
    ...changes,
  };
}

function onlyObstacle(changes: Partial<HostFacts>): string {
  const found = obstacles(facts(changes));
  assert.equal(found.length, 1, found.join("\n"));
  assert.doesNotMatch(found[0] ?? "", /\n/);
  return found[0] ?? "";
}

describe("preflight of the local cluster", () => {
  it("finds nothing wrong with a bare Debian machine that has the packages", () => {
    assert.deepEqual(obstacles(facts()), []);
  });

  it("names the platform when it is not Linux, and nothing else", () => {
    assert.match(onlyObstacle({ platform: "darwin", userId: 501 }), /needs Linux.*darwin/);
  });

  it("asks for root when started by another user", () => {
    assert.match(onlyObstacle({ userId: 1000, missingCommands: ["nft"] }), /needs root/);
  });

  it("says how much memory is needed and how much there is", () => {
    assert.match(onlyObstacle({ availableMemory: 5.99 * gib }), /6\.0 GiB.*5\.9 GiB is available/);
    assert.deepEqual(obstacles(facts({ availableMemory: 6 * gib })), []);
  });

  it("says where how much disk is needed and how much is free", () => {
    assert.match(onlyObstacle({ freeDisk: gib }), /8\.0 GiB.*shlink-platform\/cluster.*1\.0 GiB/);
  });

  it("reports missing control groups", () => {
    assert.match(onlyObstacle({ hasCgroups: false }), /control groups/);
  });

  it("names each Debian package once for all missing commands and plugins", () => {
    const changes = { missingCommands: ["nft", "containerd", "ctr"], missingPlugins: ["ptp"] };
    assert.equal(
      onlyObstacle(changes),
      "Missing on this machine: nft, containerd, ctr, CNI plugin ptp; on Debian install them with: " +
        "apt-get install --yes nftables containerd containernetworking-plugins",
    );
  });

  it("refuses a machine on which another kubelet runs, and names the process", () => {
    assert.match(onlyObstacle({ otherKubelet: 4711 }), /kubelet, process 4711/);
  });

  it("refuses a network namespace of the same name that it did not make", () => {
    assert.match(onlyObstacle({ namespace: "unmarked" }), /ip netns delete shlink-local/);
  });

  it("accepts an unmarked namespace when its own record says that it made it", () => {
    assert.deepEqual(obstacles(facts({ namespace: "unmarked", made: true })), []);
  });

  it("names the state folder of another cluster that runs", () => {
    const addresses = [{ device: "shlink0", network: "10.201.0.1/30" }];
    const other = { namespace: { other: "/srv/x/cluster" }, addresses };
    assert.match(onlyObstacle(other), /\/srv\/x\/cluster/);
  });

  it("refuses an address of another interface in its network", () => {
    const addresses = [{ device: "docker0", network: "10.201.0.1/16" }];
    assert.match(onlyObstacle({ addresses }), /address 10\.201\.0\.1\/16 on docker0/);
  });

  it("refuses a route of another interface to its network", () => {
    const routes = [{ device: "wg0", network: "10.201.0.2" }];
    assert.match(onlyObstacle({ routes }), /route 10\.201\.0\.2 on wg0/);
  });

  it("ignores a wide route, such as that of a VPN, and networks elsewhere", () => {
    const routes = [
      { device: "wg0", network: "10.0.0.0/8" },
      { device: "eth1", network: "10.201.0.4/30" },
    ];
    assert.deepEqual(obstacles(facts({ routes })), []);
  });

  it("ignores its own interface only when the namespace is its own", () => {
    const addresses = [{ device: "shlink0", network: "10.201.0.1/30" }];
    assert.deepEqual(obstacles(facts({ addresses, namespace: "ours" })), []);
    assert.match(onlyObstacle({ addresses }), /on shlink0/);
  });
});

describe("facts of the host", () => {
  it("reads the available memory, not the free memory", () => {
    const meminfo = "MemTotal: 9 kB\nMemFree:  1 kB\nMemAvailable:    2048 kB\n";
    assert.equal(availableMemory(meminfo), 2048 * 1024);
  });

  it("tells overlapping networks from neighbours", () => {
    assert.ok(overlaps("10.201.0.3", "10.201.0.0/30"));
    assert.ok(overlaps("10.201.0.0/30", "10.0.0.0/8"));
    assert.ok(overlaps("0.0.0.0/0", "10.201.0.0/30"));
    assert.ok(!overlaps("10.201.0.4/30", "10.201.0.0/30"));
    assert.ok(!overlaps("192.0.2.0/24", "10.201.0.0/30"));
  });

  it("knows its own namespace, one of another state folder, and one without any note", () => {
    assert.equal(ownerOf(ownerNote("/a/cluster"), "/a/cluster"), "ours");
    assert.deepEqual(ownerOf(ownerNote("/b/cluster"), "/a/cluster"), { other: "/b/cluster" });
    assert.equal(ownerOf(undefined, "/a/cluster"), "unmarked");
    assert.equal(ownerOf("somebody's", "/a/cluster"), "unmarked");
  });

  it("creates the link only when it is missing, and always repeats the addresses", () => {
    assert.match(networkPlan(false).host[0] ?? "", /^link add shlink0 type veth/);
    assert.ok(!networkPlan(true).host.some((line) => line.startsWith("link add")));
    assert.ok(networkPlan(true).host.includes("address replace 10.201.0.1/30 dev shlink0"));
  });
});
