# polls.py BASE_URL POLLS WIDTH: as polls.lua, with the public Python SDK.
import asyncio
import json
import sys
import time
import urllib.request

from decart import DecartClient

base, polls, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def main():
    async with DecartClient(api_key="bench", base_url=base) as client:
        request = urllib.request.Request(
            f"{base}/v1/jobs/lucy-pro-t2v", data=b"prompt=bench", headers={"X-API-KEY": "bench"})
        job_id = json.load(urllib.request.urlopen(request))["job_id"]

        async def lane(count):
            for _ in range(count):
                await client.queue.status(job_id)

        async def run(count):
            await asyncio.gather(*(lane(count // width) for _ in range(width)))

        await run(polls // 10)
        cpu, wall = time.process_time(), time.monotonic()
        await run(polls)
        print((time.process_time() - cpu) * 1e6 / polls, (time.monotonic() - wall) * 1e6 / polls)


asyncio.run(main())
