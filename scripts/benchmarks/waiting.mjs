// waiting.mjs BASE_URL JOBS SECONDS: as waiting.lua, with fetch.
import { setTimeout as sleep } from "node:timers/promises";
const [base, jobs, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const headers = { "X-API-KEY": "bench" };
const form = new FormData();
form.set("prompt", "bench");
const { job_id } = await (await fetch(`${base}/v1/jobs/lucy-pro-t2v`, { method: "POST", headers, body: form })).json();

let polls = 0;
const stop = performance.now() + seconds * 1000;
async function watch(i) {
  await sleep((2000 * i) / jobs);
  while (performance.now() < stop) {
    await (await fetch(`${base}/v1/jobs/${job_id}`, { headers })).json();
    polls++;
    await sleep(2000);
  }
}
const cpu = process.cpuUsage();
await Promise.all(Array.from({ length: jobs }, (_, i) => watch(i + 1)));
const used = process.cpuUsage(cpu);
console.log((used.user + used.system) / polls, polls);
