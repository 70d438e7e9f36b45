// Run by Node.js with npm's `netsuite-rest`: read a query to its end by following the answer's own links.
import { readFileSync } from "node:fs";

import NetsuiteRest from "netsuite-rest";

const wanted = JSON.parse(readFileSync(0, "utf8"));
const client = new NetsuiteRest({
  consumer_key: wanted.auth.consumer_key,
  consumer_secret_key: wanted.auth.consumer_secret,
  token: wanted.auth.token_id,
  token_secret: wanted.auth.token_secret,
  realm: wanted.account,
  base_url: wanted.url,
});
const items = [];
let path = `query/v1/suiteql?limit=${wanted.limit}`;
let total;
while (path) {
  const { data } = await client.request({ path, method: "POST", body: JSON.stringify({ q: wanted.q }) });
  items.push(...data.items);
  total = data.totalResults;
  const next = data.links.find((link) => link.rel === "next");
  path = next && next.href.split("/services/rest/")[1];
}
process.stdout.write(JSON.stringify({ items, total }));
