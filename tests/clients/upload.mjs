// Uploads with Node: node upload.mjs URL BYTES. Says each status that came back, or why none did.

import http from "node:http";

const [url, bytes] = process.argv.slice(2);
const body = Buffer.alloc(Number(bytes));
const ended = (answer) => new Promise((resolve, reject) => answer.resume().on("end", resolve).on("error", reject));
const request = () =>
  new Promise((resolve, reject) => {
    const request = http.request(`${url}/upload`, { method: "POST", agent: false }, async (answer) => {
      await ended(answer);
      resolve(answer.statusCode);
    });
    request.on("error", reject).end(body);
  });
const fetched = async () => {
  const answer = await fetch(`${url}/upload`, { method: "POST", body });
  await answer.text();
  return answer.status;
};
for (let time = 0; time < 10; time += 1)
  for (const send of [request, fetched])
    console.log(JSON.stringify(await send().catch((error) => error.cause?.code ?? error.code ?? String(error))));
console.log(JSON.stringify("done"));
