// A page that listens to events: node events.mjs URL MODULE. Says what it has heard, and waits for a line on standard
// input where the switch has to be thrown.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const [url, module] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => console.log(JSON.stringify(what));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  // So that it ends with this process, however that ends.
  pipe: true,
});

const page = await browser.newPage();
await page.goto(url);
await page.evaluate(async (source) => {
  const { listen } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  window.heard = { plain: 0, listening: 0 };
  window.plain = new EventSource("/events");
  window.plain.onmessage = () => (window.heard.plain += 1);
  listen("/events", () => (window.heard.listening += 1), 100);
}, readFileSync(module, "utf8"));
const both = () => window.heard.plain > 0 && window.heard.listening > 0;
await page.waitForFunction(both, { timeout: 30_000 });
say("both hear");

await lines.next();
await page.waitForFunction(() => window.plain.readyState === EventSource.CLOSED, { timeout: 30_000 });
say("the plain one has ended");

await lines.next();
await page.evaluate(() => (window.heard = { plain: 0, listening: 0 }));
await page.waitForFunction(() => window.heard.listening > 0, { timeout: 30_000 });
say(await page.evaluate(() => window.heard.plain));
await browser.close();
