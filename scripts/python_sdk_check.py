"""Drives a queue through the public Python SDK and checks what comes back. Called by python-sdk-check."""

import asyncio
import importlib.metadata
import sys

from decart import DecartClient, models
from decart.errors import InvalidInputError, QueueResultError, QueueStatusError, QueueSubmitError
from decart.models import ModelDefinition

# The SDK checks the fields of the models it knows, and sends those of any other as they are: this one brings a bad
# form to the server, and lets every version submit from text alone.
TEXT = ModelDefinition(name="lucy-pro-t2v", url_path="/v1/jobs/lucy-pro-t2v", fps=25, width=1280, height=704)

checks = 0


def check(condition, what):
    global checks
    if not condition:
        raise SystemExit(f"not as it should be: {what}")
    checks += 1


async def refused(error, call, what):
    try:
        await call
    except error as refusal:
        check(True, what)
        return refusal
    raise SystemExit(f"not refused: {what}")


async def completed(client, job_id):
    seen = []
    while not seen or seen[-1] not in ("completed", "failed"):
        status = await client.queue.status(job_id)
        check(status.job_id == job_id, "a status names its job")
        if status.status not in seen:
            seen.append(status.status)
        await asyncio.sleep(0.05)
    return seen


async def run(base):
    async with DecartClient(api_key="dct_check", base_url=base) as client:
        # Submit, look, fetch: from text.
        job = await client.queue.submit({"model": TEXT, "prompt": "A beautiful sunset & more = ü", "seed": 42})
        check(job.job_id and job.status == "pending", "a submitted job is pending and has an id")
        refusal = await refused(QueueResultError, client.queue.result(job.job_id), "a result before its time")
        check(refusal.data == {"status": 409}, "a result before its time is a 409")
        seen = await completed(client, job.job_id)
        check(seen[-1] == "completed" and "processing" in seen, f"a job goes through processing to completed: {seen}")
        clip = await client.queue.result(job.job_id)
        check(clip[4:8] == b"ftyp", "the result is an MP4")

        # The same in one call, from a video, which is the clip just made.
        statuses = []
        result = await client.queue.submit_and_poll(
            {
                "model": models.video("lucy-2.1"),
                "prompt": "Make it a painting",
                "data": clip,
                "enhance_prompt": True,
                "on_status_change": lambda job: statuses.append(job.status),
            }
        )
        check(result.status == "completed" and result.data[4:8] == b"ftyp", "submit_and_poll gives an MP4")
        check(result.data != clip, "two jobs have different results")
        check(statuses[0] == "pending" and statuses[-1] == "completed", f"statuses are told: {statuses}")

        # Several at once.
        jobs = await asyncio.gather(*(client.queue.submit({"model": TEXT, "prompt": f"{n}"}) for n in range(5)))
        check(len({job.job_id for job in jobs}) == 5, "every job has an id of its own")

        # What must fail.
        refusal = await refused(QueueStatusError, client.queue.status("job_unknown"), "an unknown id's status")
        check(refusal.data == {"status": 404}, "an unknown id is a 404")
        refusal = await refused(QueueResultError, client.queue.result("job_unknown"), "an unknown id's result")
        check(refusal.data == {"status": 404}, "an unknown id's result is a 404")
        call = client.queue.submit({"model": TEXT, "seed": "many"})
        refusal = await refused(QueueSubmitError, call, "a form without a prompt")
        check(refusal.data == {"status": 422}, "a form without a prompt is a 422")
        check('"prompt"' in str(refusal) and '"seed"' in str(refusal), "a 422 names every bad field")
        call = client.queue.submit({"model": models.video("lucy-2.1"), "data": clip, "prompt": "x" * 1001, "seed": "s"})
        await refused(InvalidInputError, call, "an input that the SDK itself refuses")


asyncio.run(run(sys.argv[1].rstrip("/")))
print(f"decart {importlib.metadata.version('decart')}: {checks} checks passed")
