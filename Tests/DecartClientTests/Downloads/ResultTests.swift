import DecartAPI
import Synchronization
import TestSupport
import Testing

@testable import DecartClient

struct ResultTests {
    private let clip = [(name: "Content-Type", value: "video/mp4"), (name: "content-length", value: "10")]

    private func bytes(_ blob: Blob) async throws -> String {
        String(decoding: try await blob.bytes(), as: UTF8.self)
    }

    @Test func `a small result stays in memory with its type`() async throws {
        let transport = ScriptedTransport([Play.stream(200, ["01234", "56789"], headers: clip)])
        let blob = try await makeClient(transport).queue.result(makeJob())
        var expected = Blob(bytes: Array("0123456789".utf8), type: "video/mp4")
        expected.job = try makeJob()
        #expect(blob == expected)
        #expect(transport.urls == ["https://queue.test/v1/jobs/job-1/content"])
    }

    @Test func `a large one goes to a temporary file that is gone with it`() async throws {
        let transport = ScriptedTransport([Play.stream(200, ["01234", "56789"], headers: clip)])
        var blob: Blob? = try await makeClient(transport, memoryLimit: 6).queue.result(makeJob())
        guard case .file(let file, let size)? = blob?.storage else { throw Unexpected.noValue }
        let path = file.path
        #expect(size == 10)
        #expect(try await bytes(#require(blob)) == "0123456789")
        let folder = try ScratchFolder()
        try await blob?.save(to: folder.file("copy.mp4"))
        #expect(folder.text("copy.mp4") == "0123456789")
        blob = nil
        _ = consume file
        #expect((try? FileFacts.of(path)) == nil)
    }

    @Test func `with a path the file is there whole and nothing is beside it`() async throws {
        let folder = try ScratchFolder()
        let told = Mutex<[String]>([])
        let transport = ScriptedTransport([Play.stream(200, ["01234", "56789"], headers: clip)])
        let blob = try await makeClient(transport).queue.result(makeJob(), to: .path(BytePath(folder.file("a.mp4")))) {
            let line = "\($0)/\($1 ?? -1)"
            told.withLock { $0.append(line) }
        }
        #expect(folder.names == ["a.mp4"])
        #expect(folder.text("a.mp4") == "0123456789")
        #expect(blob.size == 10)
        #expect(blob.name == "a.mp4")
        #expect(told.withLock { $0 } == ["10/10"])
    }

    @Test func `a broken download goes on by Range and If-Range`() async throws {
        let folder = try ScratchFolder()
        let transport = ScriptedTransport([
            Play.stream(200, ["0123"], headers: clip + [("etag", "\"v1\"")], breaks: true),
            Play.fail(.network, .neverSent),
            Play.stream(206, ["45"], headers: [("content-range", "bytes 4-9/10")], breaks: true),
            Play.stream(206, ["6789"], headers: [("content-range", "bytes 6-9/10")]),
        ])
        _ = try await makeClient(transport).queue.result(makeJob(), to: .path(BytePath(folder.file("a.mp4"))))
        #expect(folder.text("a.mp4") == "0123456789")
        let ranges = transport.requests.map { request in
            request.headers.filter { $0.name == "range" || $0.name == "if-range" }.map(\.value)
        }
        #expect(ranges == [[], ["bytes=4-", "\"v1\""], ["bytes=4-", "\"v1\""], ["bytes=6-", "\"v1\""]])
    }

    @Test func `a server without Range starts again and gives the right bytes`() async throws {
        let transport = ScriptedTransport([
            Play.stream(200, ["WRONG"], headers: clip, breaks: true),
            Play.stream(200, ["01234", "56789"], headers: clip),
        ])
        let blob = try await makeClient(transport).queue.result(makeJob())
        #expect(try await bytes(blob) == "0123456789")
    }

    @Test(arguments: ["bytes 3-9/10", "bytes 4-9/11", "", "bytes 4-3/10", "chunks 4-9/10"])
    func `a part that does not fit is not taken`(range: String) async throws {
        let transport = ScriptedTransport([
            Play.stream(200, ["0123"], headers: clip + [("etag", "\"v1\"")], breaks: true),
            Play.stream(206, ["456789"], headers: [("content-range", range)]),
            Play.stream(200, ["0123456789"], headers: clip),
        ])
        let blob = try await makeClient(transport).queue.result(makeJob())
        #expect(try await bytes(blob) == "0123456789")
        #expect(transport.requests.last?.headers.contains { $0.name == "range" } == false)
    }

    @Test func `a download that comes no further is given up, and progress counts anew`() async throws {
        let stuck = Play.stream(200, ["0123"], headers: clip, breaks: true)
        let transport = ScriptedTransport([
            Play.stream(200, ["01"], headers: clip, breaks: true), stuck, stuck, stuck, stuck,
        ])
        let folder = try ScratchFolder()
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in
            try await client.queue.result(JobID("j"), to: .path(BytePath(folder.file("a.mp4"))))
        }
        #expect(error.code == .networkError)
        #expect(error.data["job_id"] == "j")
        #expect(transport.requests.count == 4)
        #expect(folder.names.isEmpty)
    }

    @Test func `a body that ends early by its own length is not taken for whole`() async throws {
        let transport = ScriptedTransport([
            Play.stream(200, ["0123"], headers: clip + [("etag", "\"v1\"")]),
            Play.stream(206, ["456789"], headers: [("content-range", "bytes 4-9/10")]),
        ])
        let blob = try await makeClient(transport).queue.result(makeJob())
        #expect(try await bytes(blob) == "0123456789")
    }

    @Test(arguments: [("pending", 404), ("processing", 409), ("failed", 400), ("dreaming", 202)])
    func `a result refused because the job is not finished is JOB_NOT_COMPLETED`(job: String, refusal: Int) async throws
    {
        let transport = ScriptedTransport([
            Play.reply(refusal, "no"), Play.reply(200, #"{"job_id":"j","status":"\#(job)"}"#),
        ])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.result(JobID("j")) }
        #expect(error.code == .jobNotCompleted)
        #expect(error.data["currentStatus"] == .string(job))
        #expect(error.data["job_id"] == "j")
        #expect(transport.requests.count == 2)
    }

    @Test func `a result that is gone is NOT_FOUND, one refused for a finished job QUEUE_RESULT_ERROR`() async throws {
        for (steps, code) in [
            ([Play.reply(404), Play.reply(404)], DecartErrorCode.notFound),
            ([Play.reply(404), Play.reply(200, #"{"status":"completed"}"#)], .notFound),
            ([Play.reply(400), Play.reply(200, #"{"status":"completed"}"#)], .queueResultError),
            ([Play.reply(400), Play.reply(401)], .queueResultError),
            ([Play.reply(403)], .queueResultError),
        ] {
            let transport = ScriptedTransport(steps)
            let client = try makeClient(transport)
            let error = try await failure { () throws(DecartError) in try await client.queue.result(JobID("j")) }
            #expect(error.code == code)
            #expect(transport.requests.count == steps.count)
        }
    }

    @Test func `a path that will not do is found before anything is fetched`() async throws {
        let folder = try ScratchFolder()
        let transport = ScriptedTransport([])
        let client = try makeClient(transport)
        for path in [folder.file("missing/a.mp4"), folder.path, "/dev/null", folder.file("a\0b"), "", "/proc/a.mp4"] {
            let error = try await failure { () throws(DecartError) in
                try await client.queue.result(JobID("j"), to: .path(BytePath(path)))
            }
            #expect(error.code == .invalidOptions)
            #expect(error.data["job_id"] == "j")
            #expect(error.message.contains("The job is not affected"))
        }
        #expect(transport.requests.isEmpty)
        #expect(folder.names.isEmpty)
    }

    @Test func `a full disk is told with the path and leaves nothing`() async throws {
        // /dev/shm may not be small; /dev/full is the one disk that is always full, and not a file to replace.
        let sink = FullSink()
        let transport = ScriptedTransport([Play.stream(200, ["0123"], headers: clip)])
        let client = try makeClient(transport)
        let read = Requester.Read(url: "https://queue.test/x", call: .result(try makeJob()), streams: true)
        let error = try await failure { () throws(DecartError) in
            try await Download(requester: client.requester, read: read, sink: sink).run()
        }
        #expect(error.code == .queueResultError)
        #expect(error.message.contains("the disk is full"))
        #expect(error.message.contains("/disk/a.mp4"))
        #expect(sink.discarded.withLock { $0 })
    }

    @Test func `cancelling a download ends it at once and leaves no file`() async throws {
        let folder = try ScratchFolder()
        let gate = Gate()
        let transport = ScriptedTransport([Play.wait(at: gate, hasBegun: true)])
        let client = try makeClient(transport)
        let task = Task {
            try await failure { () throws(DecartError) in
                try await client.queue.result(JobID("j"), to: .path(BytePath(folder.file("a.mp4"))))
            }
        }
        await gate.arrival()
        task.cancel()
        let error = try await task.value
        #expect(error.code == .cancelled)
        #expect(error.data["job_id"] == "j")
        #expect(folder.names.isEmpty)
    }
}

private final class FullSink: ByteSink {
    let discarded = Mutex(false)
    var count: Int { 0 }
    func write(_ bytes: [UInt8]) async throws(FileWriteError) {
        throw FileWriteError(path: "/disk/a.mp4", reason: systemMessage(28), isDestination: false)
    }
    func restart() async throws(FileWriteError) {}
    func finish() async throws(FileWriteError) {}
    func discard() async { discarded.withLock { $0 = true } }
}
