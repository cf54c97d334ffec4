"""Drives a queue through the public Python SDK and checks what comes back. Called by python-sdk-check."""

import asyncio
import http.server
import importlib.metadata
import io
import pathlib
import sys
import tempfile
import threading

from decart import DecartClient, models
from decart.errors import (
    InvalidInputError,
    ProcessingError,
    QueueResultError,
    QueueStatusError,
    QueueSubmitError,
    TokenCreateError,
)
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


async def pictures(base):
    """Pictures that are made at once, from every kind of input that the SDK takes."""
    model = models.image("lucy-image-2")
    png = b"\x89PNG\r\n\x1a\n"
    async with DecartClient(api_key="dct_check", base_url=base, integration="check/1") as client:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "input.png")
            path.write_bytes(png)
            with served(folder) as url:
                inputs = [png, path, str(path), io.BytesIO(png), f"{url}/input.png"]
                for data in inputs:
                    picture = await client.process({"model": model, "prompt": "Paint it", "data": data})
                    check(picture.startswith(png), f"process gives a PNG from {type(data).__name__}")
        options = {
            "model": model,
            "prompt": "Paint it",
            "data": png,
            "reference_image": png,
            "seed": 7,
            "resolution": "480p",
            "enhance_prompt": False,
            "cancel_token": asyncio.Event(),
        }
        check((await client.process(options)).startswith(png), "process takes every input of its model")

        custom = ModelDefinition(name="own", url_path="/v1/generate/lucy-image-2", fps=25, width=1280, height=704)
        refusal = await refused(ProcessingError, client.process({"model": custom}), "a picture of nothing")
        check("422" in str(refusal) and "prompt" in str(refusal), "a picture of nothing is a 422 that says so")
        video = ModelDefinition(name="video", url_path="/v1/generate/lucy-2.1", fps=20, width=1280, height=720)
        await refused(ProcessingError, client.process({"model": video, "prompt": "x"}), "a video made at once")
        await refused(InvalidInputError, client.process({"prompt": "x"}), "a picture of no model")


async def tokens(base):
    async with DecartClient(api_key="dct_check", base_url=base) as client:
        bare = await client.tokens.create()
        check(bare.api_key.startswith("ek_") and bare.expires_at.endswith("Z"), "a token has a key and an end")
        constraints = {"realtime": {"maxSessionDuration": 300}}
        full = await client.tokens.create(
            metadata={"role": "viewer"},
            expires_in=120,
            allowed_models=["lucy-2.1"],
            allowed_origins=["https://example.com"],
            constraints=constraints,
        )
        check(full.api_key != bare.api_key, "every token is another")
        check(
            full.permissions == {"models": ["lucy-2.1"], "origins": ["https://example.com"]},
            f"a token tells what it is for: {full.permissions}",
        )
        check(full.constraints == constraints, "a token tells its limits")
        if hasattr(client.tokens, "decode"):
            claims = client.tokens.decode(full.token)
            check(claims.allowed_models == ["lucy-2.1"], "the signed form can be read")
            check(claims.constraints == constraints, "the signed form has the limits")
        for limits in ({"expires_in": 0}, {"expires_in": 3601}, {"allowed_models": ["m"] * 21}):
            refusal = await refused(TokenCreateError, client.tokens.create(**limits), f"a token of {limits}")
            check(refusal.data == {"status": 422}, f"a token of {limits} is a 422")
    async with DecartClient(api_key=bare.api_key, base_url=base) as client:
        job = await client.queue.submit({"model": TEXT, "prompt": "With a token"})
        check(job.status == "pending", "a token opens the queue")
    for key in ("dct_wrong", "ek_wrong"):
        async with DecartClient(api_key=key, base_url=base) as client:
            refusal = await refused(TokenCreateError, client.tokens.create(), f"the key {key}")
            check(refusal.data == {"status": 401}, "a wrong key is a 401")
            call = client.queue.submit({"model": TEXT, "prompt": "x"})
            check((await refused(QueueSubmitError, call, key)).data == {"status": 401}, "of a submit too")
            call = client.queue.status("job_unknown")
            check((await refused(QueueStatusError, call, key)).data == {"status": 401}, "and of a status")


async def failures(base):
    """A queue all of whose jobs fail."""
    async with DecartClient(api_key="dct_check", base_url=base) as client:
        statuses = []
        options = {"model": TEXT, "prompt": "x", "on_status_change": lambda job: statuses.append(job.status)}
        result = await client.queue.submit_and_poll(options)
        check(result.status == "failed" and result.error, "a failed job is a value and no error")
        check(statuses[-1] == "failed", f"and its last status is told: {statuses}")
        job = await client.queue.submit({"model": TEXT, "prompt": "x"})
        check((await completed(client, job.job_id))[-1] == "failed", "a failed job says so")
        refusal = await refused(QueueResultError, client.queue.result(job.job_id), "a failed job's result")
        check(refusal.data == {"status": 409}, "a failed job's result is a 409")


class served:
    """A folder as a web server on this machine."""

    def __init__(self, folder):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=folder)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


async def main(base, failing):
    await run(base)
    await pictures(base)
    await tokens(base)
    await failures(failing)


asyncio.run(main(*(url.rstrip("/") for url in sys.argv[1:3])))
print(f"decart {importlib.metadata.version('decart')}: {checks} checks passed")
