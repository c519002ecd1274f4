// The browsers of tests, by their names.

import puppeteer from "puppeteer-core";

const browsers = {
  chromium: {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
    // So that it ends with this process.
    pipe: true,
  },
  // The script is run from `target/node/`.
  firefox: { browser: "firefox", executablePath: new URL("../../tests/clients/firefox.sh", import.meta.url).pathname },
};

export const place = "/.well-known/intermission/pass";
export const launch = (name) => puppeteer.launch(browsers[name]);

// A page in a context of its own. It follows the link of a pass, if it has one.
export async function visit(browser, url, pass) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  if (pass) {
    await page.goto(`${url}${place}#${pass}`);
    await page.waitForFunction(() => location.pathname === "/", { timeout: 30_000 });
  }
  return page;
}
