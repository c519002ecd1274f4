// A tester who goes on to another site: node leaves.mjs chromium|firefox OTHER PASS URL… Says when it is done.

import { launch, place, visit } from "./browsers.mjs";

const [name, other, pass, ...urls] = process.argv.slice(2);
const browser = await launch(name);

async function leave(page) {
  const click = (other) => {
    const link = document.createElement("a");
    link.href = other;
    link.textContent = "another site";
    document.body.append(link);
    link.click();
  };
  await Promise.all([page.waitForNavigation(), page.evaluate(click, other)]);
}

for (const url of urls) {
  // From the page that takes passes, with a pass typed into it, and after one that was refused.
  const typing = await visit(browser, url);
  await typing.goto(url + place);
  await typing.type("#pass", pass);
  await leave(typing);
  const refused = await visit(browser, url);
  await refused.goto(url + place);
  await refused.type("#pass", pass.replace("imp", "pmi"));
  await refused.click("button");
  await refused.waitForSelector("[role=alert]:not([hidden])", { timeout: 30_000 });
  await leave(refused);
  // From the service itself, by the link.
  await leave(await visit(browser, url, pass));
}
console.log(JSON.stringify("done"));
await browser.close();
