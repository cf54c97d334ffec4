// polls.mjs BASE_URL POLLS WIDTH: as polls.lua, with fetch.
const [base, polls, width] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const headers = { "X-API-KEY": "bench" };
const form = new FormData();
form.set("prompt", "bench");
const { job_id } = await (await fetch(`${base}/v1/jobs/lucy-pro-t2v`, { method: "POST", headers, body: form })).json();

async function lane(count) {
  for (let i = 0; i < count; i++) await (await fetch(`${base}/v1/jobs/${job_id}`, { headers })).json();
}
const run = (count) => Promise.all(Array.from({ length: width }, () => lane(Math.floor(count / width))));

await run(polls / 10);
const cpu = process.cpuUsage(), wall = performance.now();
await run(polls);
const used = process.cpuUsage(cpu);
console.log((used.user + used.system) / polls, ((performance.now() - wall) * 1000) / polls);
