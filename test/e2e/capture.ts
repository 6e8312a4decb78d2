import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { namespacePath } from "../../local/cluster/layout.ts";
import { installPackages } from "../../local/toolchain/packages.ts";
import { tryRun } from "../../local/lib/run.ts";

/** What one end of a TCP connection sent in one packet. */
export interface Segment {
  from: string;
  to: string;
  /** Ports of both ends. */
  ports: [from: number, to: number];
  payload: Buffer;
}

/** The header of a packet that was taken from any interface: tcpdump's LINUX_SLL2. */
const sll2 = { kind: 276, length: 20 };

/** Records what the node carries between its pods while `work` is done. */
export async function captured(work: () => Promise<void>): Promise<Segment[]> {
  await installPackages({ tcpdump: "/usr/bin/tcpdump" }, tryRun);
  const file = join(tmpdir(), `shlink-platform-${process.pid}.pcap`);
  const options = ["-i", "any", "-U", "--immediate-mode", "-s", "0", "-B", "65536"];
  const args = [...options, "-Z", "root", "-w", file, "tcp"];
  const tcpdump = spawn("nsenter", [`--net=${namespacePath}`, "tcpdump", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(tcpdump, "close");
  await once(tcpdump.stderr, "data");
  if (tcpdump.exitCode !== null) throw new Error("tcpdump does not run");
  try {
    await work();
    // What it has not written yet when it is told to end is lost.
    await sleep(2_000);
  } finally {
    tcpdump.kill("SIGINT");
    await ended;
  }
  const segments = readCapture(readFileSync(file));
  rmSync(file);
  return segments;
}

/** TCP segments with a payload, of IPv4, in a file of pcap's classic format. */
function readCapture(file: Buffer): Segment[] {
  if (file.readUInt32LE(20) !== sll2.kind) throw new Error("the capture is of another kind");
  const segments: Segment[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const length = file.readUInt32LE(at + 8);
    const segment = readFrame(file.subarray(at + 16, at + 16 + length));
    if (segment !== undefined && segment.payload.length > 0) segments.push(segment);
    at += 16 + length;
  }
  return segments;
}

function readFrame(frame: Buffer): Segment | undefined {
  if (frame.readUInt16BE(0) !== 0x0800) return undefined;
  const rest = frame.subarray(sll2.length);
  const packet = rest.subarray(0, rest.readUInt16BE(2));
  if (packet[9] !== 6) return undefined;
  const tcp = packet.subarray((packet.readUInt8(0) & 0x0f) * 4);
  return {
    from: packet.subarray(12, 16).join("."),
    to: packet.subarray(16, 20).join("."),
    ports: [tcp.readUInt16BE(0), tcp.readUInt16BE(2)],
    payload: tcp.subarray((tcp.readUInt8(12) >> 4) * 4),
  };
}

/** The beginning of a request or an answer, or the preface of HTTP/2. */
const http = /^(([A-Z]{3,7}) \S+ HTTP\/1\.[01]\r\n|HTTP\/1\.[01] \d{3} |PRI \* HTTP\/2\.0)/;

export const isPlainHttp = ({ payload }: Segment) =>
  http.test(payload.subarray(0, 2048).toString("latin1"));
