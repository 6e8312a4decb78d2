import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { browserRoot } from "../../local/toolchain/index.ts";

const libraries = [
  "usr/lib/x86_64-linux-gnu",
  "lib/x86_64-linux-gnu",
  "usr/lib/x86_64-linux-gnu/pulseaudio",
];

/** Starts Debian's chromium, which is unpacked and not installed. Host names are resolved by Chromium's rules alone. */
export async function startChromium(resolverRules: string): Promise<Browser> {
  const root = await browserRoot();
  return chromium.launch({
    executablePath: join(root, "usr/lib/chromium/chromium"),
    // Root has no sandbox of Chromium's; the pages are our own.
    args: ["--no-sandbox", `--host-resolver-rules=${resolverRules}`],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: libraries.map((folder) => join(root, folder)).join(":"),
      FONTCONFIG_SYSROOT: root,
    },
  });
}
