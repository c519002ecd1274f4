// A tester with a browser: node tester.mjs chromium|firefox URL… For each line of standard input it asks for each URL, and says in
// which it gets in. A pass in the line is presented from then on, by the link of each service.

import { createInterface } from "node:readline";
import { launch, visit } from "./browsers.mjs";

const [name, ...urls] = process.argv.slice(2);
const browser = await launch(name);
// The services differ by their ports alone, which cookies do not know: each has a context of its own.
let pages = await Promise.all(urls.map((url) => visit(browser, url)));
for await (const line of createInterface({ input: process.stdin })) {
  if (line) {
    await Promise.all(pages.map((page) => page.browserContext().close()));
    pages = await Promise.all(urls.map((url) => visit(browser, url, line)));
  }
  const seen = [];
  for (const [place, page] of pages.entries()) {
    seen.push((await page.goto(`${urls[place]}/`)).status() === 200);
  }
  console.log(JSON.stringify(seen));
}
await browser.close();
