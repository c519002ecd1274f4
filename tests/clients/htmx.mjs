// A page that runs htmx: node htmx.mjs URL. Says what it shows, one JSON value a line, and waits for a line on standard
// input where the switch is to be thrown.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const [url] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => console.log(JSON.stringify(what));
const htmx = readFileSync(createRequire(import.meta.url).resolve("htmx.org/dist/htmx.js"), "utf8");
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  // So that it ends with this process, however that ends.
  pipe: true,
});

const page = await browser.newPage();
await page.goto(`${url}/cart`);
await page.addScriptTag({ content: htmx });
await page.evaluate(() => {
  document.body.innerHTML = "<button hx-get=/part hx-target=main>more</button><main></main>";
  htmx.process(document.body);
});
await page.click("button");
await page.waitForFunction(() => document.querySelector("main").innerText === "the shop", { timeout: 30_000 });
say({ swapped: true });
await lines.next();

await page.click("button");
await page.waitForFunction(() => document.title === "Down for maintenance", { timeout: 30_000 });
say({ refused: page.url().slice(url.length) });
await lines.next();

await page.waitForFunction(() => document.title === "the shop", { timeout: 30_000 });
say({ back: page.url().slice(url.length) });
await browser.close();
