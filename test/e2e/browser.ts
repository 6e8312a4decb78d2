import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, it } from "mocha";
import type { Browser, Locator, Page } from "playwright-core";
import { namespacePath } from "../../local/cluster/layout.ts";
import { repository } from "../../local/lib/paths.ts";
import { type Entry, readApiKey } from "../../local/stack/smoke.ts";
import { startChromium } from "../support/chromium.ts";
import { kubeconfig } from "./platform.ts";

const run = promisify(execFile);
const slug = "made-by-hand";
const picture = join(repository, ".local/web-client.png");
/** Chromium says of itself that it has no window, and Shlink takes that for a robot. */
const userAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36";

/** Tests for a running platform: what a person does with the web client, in a real browser. */
export function servesThePage(entry: () => Entry, host: string): void {
  let person: Person;
  before(async () => {
    person = await Person.atTheirBrowser(entry(), host);
  });
  after(() => person.leave());

  it("offers the stack's Shlink without a key, and takes a person's own", async () => {
    const key = await person.editsTheServer();
    assert.equal(await key.inputValue(), "enter your own API key");
    await key.fill(await readApiKey(kubeconfig));
    await person.savesTheServer();
    await person.reads("Recently created URLs");
  });

  it("makes a link, which a visitor follows", async () => {
    await person.makesALink(person.site);
    assert.equal(await person.follows(), `${person.site}/`);
  });

  it("shows the visit", async () => {
    await person.opens(`/short-code/${slug}/visits`);
    await person.reads("Visits: 1");
    await person.paints(picture);
    console.log(`      A picture of the page is in ${picture}`);
  });

  it("deletes the link", async () => {
    await person.deletesTheLink();
    assert.equal(await person.follows(), `${person.links}/${slug}: 404`);
  });

  it("breaks none of the rules that it was sent with", () => {
    assert.match(person.rules, /^frame-ancestors 'none'; base-uri 'self'; object-src 'none'$/);
    assert.deepEqual(person.faults, []);
  });

  it("is kept from every network but those that the stack names", async () => {
    assert.equal(await statusFor(["curl"], entry(), host), "200");
    const onTheNode = ["nsenter", `--net=${namespacePath}`, "curl"];
    assert.equal(await statusFor(onTheNode, entry(), host), "403");
  });
}

/** Somebody with a browser in which the page's and the links' names lead to the gateway, and no others anywhere. */
class Person {
  /** What the browser refused or failed at. */
  readonly faults: string[] = [];
  /** The content security policy that the page came with. */
  rules = "";
  readonly site: string;
  readonly links: string;
  readonly #browser: Browser;
  readonly #page: Page;
  #home = "";

  private constructor(browser: Browser, page: Page, names: { site: string; links: string }) {
    this.#browser = browser;
    this.#page = page;
    this.site = names.site;
    this.links = names.links;
    page.setDefaultTimeout(20_000);
    page.on("pageerror", ({ message }) => this.faults.push(message));
    page.on("console", (message) => {
      // The page asks for a Mercure hub, which there is none of.
      if (message.type() === "error" && !message.location().url.endsWith("/mercure-info"))
        this.faults.push(message.text());
    });
  }

  static async atTheirBrowser({ address, port, host: links }: Entry, site: string) {
    const rules = [links, site].map((name) => `MAP ${name}:80 ${address}:${port}`);
    const browser = await startChromium([...rules, "MAP * ~NOTFOUND"].join(", "));
    const viewport = { width: 1200, height: 720 };
    const page = await (await browser.newContext({ userAgent, viewport })).newPage();
    return new Person(browser, page, { site: `http://${site}`, links: `http://${links}` });
  }

  leave = () => this.#browser.close();
  opens = (path: string) => this.#page.goto(`${this.site}${this.#home}${path}`);
  reads = (heading: string) => this.#page.getByRole("heading", { name: heading }).waitFor();
  press = (button: string) => this.#page.getByRole("button", { name: button }).click();

  /** Chooses the only server of the list. */
  async editsTheServer(): Promise<Locator> {
    const answer = await this.#page.goto(this.site);
    this.rules = answer?.headers()["content-security-policy"] ?? "";
    const server = this.#page.getByRole("link", { name: "Shlink", exact: true }).last();
    this.#home = (await server.getAttribute("href")) ?? "";
    await this.opens("/edit");
    return this.#page.getByLabel("API key");
  }

  async savesTheServer(): Promise<void> {
    await this.press("Save");
    await this.#page.waitForURL(({ pathname }) => !pathname.endsWith("/edit"));
    await this.opens("/overview");
  }

  async makesALink(longUrl: string): Promise<void> {
    await this.opens("/overview");
    await this.#page.getByPlaceholder("URL to be shortened").fill(longUrl);
    await this.#page.getByPlaceholder("Custom slug").fill(slug);
    await this.press("Save");
    await this.#row().waitFor();
  }

  /** Follows the link in a window of its own, and says where that led. */
  async follows(): Promise<string> {
    const window = await this.#page.context().newPage();
    const answer = await window.goto(`${this.links}/${slug}`);
    const where = window.url();
    await window.close();
    return answer?.ok() === true ? where : `${where}: ${answer?.status()}`;
  }

  async paints(path: string): Promise<void> {
    await this.opens("/overview");
    await this.#row().waitFor();
    await this.#page.screenshot({ path, animations: "disabled" });
  }

  async deletesTheLink(): Promise<void> {
    await this.opens("/list-short-urls/1");
    await this.#row().getByRole("button", { name: "Options" }).click();
    await this.#page.getByRole("menuitem", { name: "Delete short URL" }).click();
    await this.#page.getByPlaceholder("delete").fill("delete");
    await this.press("Delete");
    await this.#row().waitFor({ state: "detached" });
  }

  #row = () => this.#page.getByRole("row").filter({ hasText: `${this.links}/${slug}` });
}

/** The status that the page answers with to a curl that is started so. */
async function statusFor(start: string[], { address, port }: Entry, host: string): Promise<string> {
  const [command = "", ...before] = start;
  const format = ["-o", "/dev/null", "-w", "%{http_code}"];
  const request = [
    "-sS",
    "-m",
    "5",
    ...format,
    "-H",
    `Host: ${host}`,
    `http://${address}:${port}/`,
  ];
  return (await run(command, [...before, ...request])).stdout;
}
