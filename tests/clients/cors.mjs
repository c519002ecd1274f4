// Scripts of pages of other origins: node cors.mjs URL ORIGIN…. Says what the scripts of each origin can read.

import puppeteer from "puppeteer-core";

const [url, ...origins] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  // So that it ends with this process, however that ends.
  pipe: true,
});
const asked = {
  simple: {},
  credentials: { credentials: "include" },
  preflighted: { method: "PUT", headers: { "content-type": "application/json", "x-shop": "1" }, body: "{}" },
};
asked["preflighted with credentials"] = { ...asked.preflighted, credentials: "include" };
for (const origin of origins) {
  const page = await browser.newPage();
  await page.goto(origin);
  const read = {};
  for (const [name, how] of Object.entries(asked)) {
    read[name] = await page.evaluate(
      (url, how) =>
        fetch(`${url}/api/orders`, how).then(
          async (answer) => ({
            status: answer.status,
            after: Number(answer.headers.get("retry-after")),
            marker: answer.headers.get("intermission"),
            type: (await answer.json()).type,
          }),
          (error) => error.name,
        ),
      url,
      how,
    );
  }
  console.log(JSON.stringify(read));
}
await browser.close();
