// A tester's browser: node pass.mjs URL PASS FOLDER. Says what it finds, one JSON value a line, and waits for a line on standard
// input where an operator switches.

import { createInterface } from "node:readline";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const [url, pass, folder] = process.argv.slice(2);
const place = "/.well-known/intermission/pass";
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => console.log(JSON.stringify(what));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  // So that it ends with this process, however that ends.
  pipe: true,
});

// Each in a context of its own, which has no cookie.
async function visit(path, { script = true, language = "en", width = 900 } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  await page.setExtraHTTPHeaders({ "accept-language": language });
  await page.setViewport({ width, height: 640 });
  await page.setJavaScriptEnabled(script);
  page.status = (await page.goto(url + path)).status();
  return page;
}
const cookies = async (page) =>
  (await page.browserContext().cookies()).map(({ name, value, httpOnly, secure, sameSite }) => ({
    name, right: value === pass, httpOnly, secure, sameSite,
  }));

// The link: the browser ends where the link says, and neither address nor history has the pass.
const linked = await visit(`${place}?to=/seen%3Fa=b#${pass}`);
await linked.waitForFunction(() => location.pathname === "/seen", { timeout: 30_000 });
await linked.waitForFunction(() => document.body.innerText.includes("accept"), { timeout: 30_000 });
say({
  at: linked.url().slice(url.length),
  seen: await linked.evaluate(() => document.body.innerText),
  cookies: await cookies(linked),
  complaints: linked.complaints,
});
await linked.goBack();
say({ back: linked.url().includes(pass) });

// The notice leads to the page, where the link is pasted, and the page leads back.
const link = ` ${url}${place}#${pass} `;
const typed = await visit("/orders?id=3&x=%2F");
await Promise.all([typed.waitForNavigation(), typed.click("a.pass")]);
await typed.type("#pass", ` ${pass.replace("imp", "pmi")} `);
await typed.click("button");
await typed.waitForSelector("[role=alert]:not([hidden])", { timeout: 30_000 });
const refused = { at: typed.url().slice(url.length), cookies: await cookies(typed) };
await typed.$eval("#pass", (field) => (field.value = ""));
await typed.type("#pass", link);
await Promise.all([typed.waitForNavigation(), typed.keyboard.press("Enter")]);
say({ refused, at: typed.url().slice(url.length), title: await typed.title() });

const plain = await visit(`${place}?to=/seen%3Fa=b`, { script: false });
await plain.type("#pass", link);
await Promise.all([plain.waitForNavigation(), plain.click("button")]);
say({ without_script: plain.url().slice(url.length), cookies: await cookies(plain) });

// The address bar keeps no pass: not if the link is odd, nor if the pass is not known, nor if the page is there already.
const odd = await visit(`${place}?to=http://[#${pass}`);
await odd.waitForFunction(() => location.pathname === "/", { timeout: 30_000 });
const unknown = await visit(`${place}?to=/seen#imp_unknown`);
await unknown.waitForSelector("[role=alert]:not([hidden])", { timeout: 30_000 });
const there = await visit(place);
await there.goto(url + place + "#" + pass);
await there.waitForFunction(() => location.pathname === "/", { timeout: 30_000 });
say([odd, unknown, there].map((page) => page.url().slice(url.length)));

// No link leads to another site.
const places = [];
for (const to of [
  "//evil.invalid", "/\\evil.invalid", "\\\\evil.invalid", "/\t/evil.invalid", "/.//evil.invalid", "/a/..//evil.invalid",
  `${url}//evil.invalid`, "https://evil.invalid/", "javascript:document.write('evil')", "data:text/html,evil",
]) {
  for (const written of [encodeURIComponent(to), encodeURIComponent(encodeURIComponent(to)), to.replaceAll("\\", "%5c")]) {
    const page = await visit(`${place}?to=${written}#${pass}`);
    await page.waitForFunction((place) => location.pathname !== place, { timeout: 30_000 }, place);
    places.push(page.url());
    await page.browserContext().close();
  }
}
say([...new Set(places)].map((place) => place.slice(url.length)));

const pages = [];
for (const [name, how] of Object.entries({ en: {}, ar: { language: "ar", width: 320 }, de: { language: "de", width: 320 } })) {
  const page = await visit(place, how);
  await page.screenshot({ path: `${folder}/pass-${name}.png` });
  await page.evaluate(axe.source);
  pages.push({
    status: page.status,
    ...(await page.evaluate(async () => ({
      title: document.title,
      direction: document.dir,
      overflows: document.documentElement.scrollWidth > innerWidth,
      violations: (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`),
    }))),
    complaints: page.complaints,
  });
}
say(pages);

// A form of another site sets no cookie.
const other = await visit("/");
await other.goto("data:text/html,<form method=post action=" + encodeURIComponent(url + place) + `><input name=pass value=${pass}><button>`);
await Promise.all([other.waitForNavigation(), other.click("button")]);
say({ other_site: await other.$eval("[role=alert]", (alert) => !alert.hidden), cookies: await cookies(other) });

// After each switch the cookie admits as the state says.
for (;;) {
  const { value: path, done } = await lines.next();
  if (done || path === "end") break;
  const answer = await typed.goto(url + (path || "/"));
  say({ status: answer.status() });
}
await browser.close();
