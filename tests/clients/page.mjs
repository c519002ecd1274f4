// A visitor's browser: node page.mjs URL FOLDER. Says what it finds, one JSON value a line, and waits for a line on
// standard input where somebody has to throw the switch.

import { createInterface } from "node:readline";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const [url, folder] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => console.log(JSON.stringify(what));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  // So that it ends with this process, however that ends.
  pipe: true,
});

async function visit(path, { language = "en", dark = false, width = 900, script = true, zone = "UTC" } = {}) {
  const page = await browser.newPage();
  page.complaints = [];
  page.asked = [];
  page.on("console", (message) => page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("request", (request) => page.asked.push(`${request.method()} ${request.url()}`));
  await page.setExtraHTTPHeaders({ "accept-language": language });
  await page.setViewport({ width, height: 640 });
  await page.emulateTimezone(zone);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.setJavaScriptEnabled(script);
  page.status = (await page.goto(url + path)).status();
  return page;
}

for (const [name, how] of Object.entries({
  light: {},
  dark: { dark: true },
  narrow: { width: 320 },
  "right-to-left": { language: "ar" },
  japanese: { language: "ja", width: 320, dark: true },
  "without-script": { script: false },
  tokyo: { zone: "Asia/Tokyo" },
})) {
  const page = await visit("/", how);
  // Set again: without script nothing can be asked of the page otherwise.
  await page.setJavaScriptEnabled(true);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.evaluate(axe.source);
  say({
    name,
    status: page.status,
    ...(await page.evaluate(async () => ({
      title: document.title,
      language: document.documentElement.lang,
      direction: document.dir,
      text: document.body.innerText,
      overflows: document.documentElement.scrollWidth > innerWidth,
      background: getComputedStyle(document.body).backgroundColor,
      violations: (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`),
    }))),
    // The browser itself says that the document came with a 503.
    complaints: page.complaints.filter((text) => !text.includes("503")),
    // It looks again now and then.
    asked: page.asked.filter((request) => ![`GET ${url}/`, `HEAD ${url}/`].includes(request)),
  });
  await page.keyboard.press("Tab");
  say(await page.evaluate(() => document.activeElement.className));
  await page.close();
}

// Once the service is back, the page gives way to it, at the very same address.
const places = ["/basket?item=7#total", "/#", "/"];
const waiting = [];
for (const place of places) waiting.push(await visit(place));
say({ waits: await waiting[0].title() });
await lines.next();
const arrived = [];
for (const page of waiting) {
  // A page that nobody sees does not look.
  await page.bringToFront();
  await page.waitForFunction(() => document.title === "the shop", { timeout: 30_000 });
  arrived.push((await page.evaluate(() => location.href)).slice(url.length));
  await page.close();
}
say({ arrived: arrived.join() === places.join() });

// A form that was refused is not sent again by itself.
const form = await visit("/form");
say({ form: await form.title() });
await lines.next();
await Promise.all([form.waitForNavigation(), form.click("button")]);
say({ refused: await form.title() });
await lines.next();
await form.waitForFunction(() => document.body.innerText === "no form", { timeout: 30_000 });
say({ asked: form.asked.filter((request) => request.endsWith("/sent")) });

await browser.close();
