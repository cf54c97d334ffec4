# waiting.py BASE_URL JOBS SECONDS: as waiting.lua, with the public Python SDK.
import asyncio
import json
import sys
import time
import urllib.request

from decart import DecartClient

base, jobs, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])


async def main():
    async with DecartClient(api_key="bench", base_url=base) as client:
        request = urllib.request.Request(
            f"{base}/v1/jobs/lucy-pro-t2v", data=b"prompt=bench", headers={"X-API-KEY": "bench"})
        job_id = json.load(urllib.request.urlopen(request))["job_id"]
        polls = 0
        stop = time.monotonic() + seconds

        async def watch(i):
            nonlocal polls
            await asyncio.sleep(2 * i / jobs)
            while time.monotonic() < stop:
                await client.queue.status(job_id)
                polls += 1
                await asyncio.sleep(2)

        cpu = time.process_time()
        await asyncio.gather(*(watch(i) for i in range(1, jobs + 1)))
        print((time.process_time() - cpu) * 1e6 / polls, polls)


asyncio.run(main())
