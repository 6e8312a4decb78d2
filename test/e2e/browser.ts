import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, it } from "mocha";
import type { Browser, Page } from "playwright-core";
import { namespacePath } from "../../local/cluster/layout.ts";
import { repository } from "../../local/lib/paths.ts";
import { type Entry, readApiKey } from "../../local/stack/smoke.ts";
import { startChromium } from "../support/chromium.ts";
import { kubeconfig } from "./platform.ts";

const run = promisify(execFile);
const slug = "made-by-hand";
const picture = join(repository, ".local/web-client.png");
/** Chromium says so of itself where it has no window, and Shlink takes that for a robot. */
const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36";

/** Tests for a running platform: what a person does with the web client, in a real browser. */
export function servesThePage(entry: () => Entry, host: string): void {
  const site = `http://${host}`;
  const links = () => `http://${entry().host}`;
  const faults: string[] = [];
  let browser: Browser | undefined;
  let page: Page;
  let home = "";
  const open = (path: string) => page.goto(`${site}${home}${path}`);
  const row = () => page.getByRole("row").filter({ hasText: `${links()}/${slug}` });

  before(async () => {
    const { address, port, host: linkHost } = entry();
    const rules = [linkHost, host].map((name) => `MAP ${name}:80 ${address}:${port}`);
    browser = await startChromium([...rules, "MAP * ~NOTFOUND"].join(", "));
    const person = await browser.newContext({ userAgent, viewport: { width: 1200, height: 720 } });
    page = await person.newPage();
    page.setDefaultTimeout(20_000);
    watch(page, faults);
  });
  after(() => browser?.close());

  it("offers the stack's Shlink without a key, and takes a person's own", async () => {
    await page.goto(site);
    const server = page.getByRole("link", { name: "Shlink", exact: true }).last();
    home = (await server.getAttribute("href")) ?? "";
    await open("/edit");
    const key = page.getByLabel("API key");
    assert.equal(await key.inputValue(), "enter your own API key");
    await key.fill(await readApiKey(kubeconfig));
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Recently created URLs" }).waitFor();
  });

  it("makes a link, which a visitor follows", async () => {
    await open("/overview");
    await page.getByPlaceholder("URL to be shortened").fill(`${site}/`);
    await page.getByPlaceholder("Custom slug").fill(slug);
    await page.getByRole("button", { name: "Save" }).click();
    await row().waitFor();
    const visitor = await page.context().newPage();
    await visitor.goto(`${links()}/${slug}`);
    assert.equal(visitor.url(), `${site}/`);
    await visitor.close();
  });

  it("shows the visit", async () => {
    await open(`/short-code/${slug}/visits`);
    await page.getByRole("heading", { name: "Visits: 1" }).waitFor();
    await open("/overview");
    await row().waitFor();
    await page.screenshot({ path: picture, animations: "disabled" });
    console.log(`      A picture of the page is in ${picture}`);
  });

  it("deletes the link", async () => {
    await open("/list-short-urls/1");
    await row().getByRole("button", { name: "Options" }).click();
    await page.getByRole("menuitem", { name: "Delete short URL" }).click();
    await page.getByPlaceholder("delete").fill("delete");
    await page.getByRole("button", { name: "Delete" }).click();
    await row().waitFor({ state: "detached" });
    const answer = await page.goto(`${links()}/${slug}`);
    assert.equal(answer?.status(), 404);
  });

  it("breaks none of the rules that it was sent with", () => {
    assert.deepEqual(faults, []);
  });

  it("is kept from every network but those that the stack names", async () => {
    const { address, port } = entry();
    const url = `http://${address}:${port}/`;
    const status = async (...words: [string, ...string[]]) => {
      const [command, ...before] = words;
      const curl = ["-sS", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", "-H", `Host: ${host}`];
      return (await run(command, [...before, ...curl, url])).stdout;
    };
    assert.equal(await status("curl"), "200");
    assert.equal(await status("nsenter", `--net=${namespacePath}`, "curl"), "403");
  });
}

/** Collects what the browser refuses or fails at, but for the question after a Mercure hub, which there is none of. */
function watch(page: Page, faults: string[]): void {
  const expected = (url: string) => url.endsWith("/mercure-info") || url.endsWith(`/${slug}`);
  page.on("console", (message) => {
    if (message.type() === "error" && !expected(message.location().url))
      faults.push(message.text());
  });
  page.on("pageerror", ({ message }) => faults.push(message));
}
