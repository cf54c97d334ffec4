import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RunClock
import Synchronization
import TestSupport
import Testing

@testable import LocalQueue

@Suite(.timeLimit(.minutes(5)))
struct UploadTests {
    private let clock = VirtualClock()

    private func configuration(_ database: String, limit: Int = 1 << 30) -> LocalQueueServer.Configuration {
        LocalQueueServer.Configuration(database: database, clips: .builtIn, uploadLimit: limit)
    }

    @Test func `uploads are kept beside the database, refused ones are not`() async throws {
        let scratch = try ScratchFolder()
        let database = scratch.file("jobs.db")
        let upload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await RunningServer.with(configuration(database), clock: clock) { server in
            let good = try await server.submit("lucy-clip", ["prompt": "A sunset"], files: ["data": upload])
            #expect(good.status == 200)
            let bad = try await server.submit("lucy-clip", ["seed": "x"], files: ["data": upload])
            #expect(bad.status == 422)
        }
        let folder = database + ".files/"
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("upload-") }
        #expect(kept.count == 1)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + (kept.first ?? "")))
        #expect([UInt8](bytes) == upload)
    }

    @Test func `an upload over the limit is refused and leaves nothing behind`() async throws {
        let scratch = try ScratchFolder()
        let database = scratch.file("jobs.db")
        try await RunningServer.with(configuration(database, limit: 1000), clock: clock) { server in
            let reply = try await server.submit(
                "lucy-clip", ["prompt": "x"], files: ["data": Array(repeating: 0, count: 2000)])
            #expect(reply.status == 413)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: database + ".files").isEmpty)
    }

    @Test func `an upload that breaks off leaves nothing behind`() async throws {
        struct BrokenOff: Error {}
        let scratch = try ScratchFolder()
        let database = scratch.file("jobs.db")
        try await RunningServer.with(configuration(database), clock: clock) { server in
            let head = "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a\"\r\n\r\n"
            let (chunks, sink) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
            var request = HTTPClientRequest(url: server.base + "/v1/jobs/lucy-clip")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=b")
            request.body = .stream(chunks, length: .known(Int64(1_000_000)))
            let sent = request
            async let reply = HTTPClient.shared.execute(sent, timeout: .seconds(60))
            sink.yield(ByteBuffer(string: head + String(repeating: "x", count: 10_000)))
            func uploads() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: database + ".files")
            }
            while try uploads().isEmpty { await Task.yield() }
            sink.finish(throwing: BrokenOff())
            _ = try? await reply
            while try !uploads().isEmpty { await Task.yield() }
        }
    }

    @Test func `memory stays flat while a big file is uploaded`() async {
        // In a process of its own: what it measures is the whole process's.
        await #expect(processExitsWith: .success) { try await UploadTests().uploadBigFile() }
    }

    private func uploadBigFile() async throws {
        let scratch = try ScratchFolder()
        let size = 256 * 1024 * 1024
        try await RunningServer.with(configuration(scratch.file("jobs.db")), clock: clock) { server in
            let head = "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a\"\r\n\r\n"
            let tail = "\r\n--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n--b--\r\n"
            let chunk = ByteBuffer(repeating: 0, count: 1024 * 1024)
            let before = try Memory.resident()
            let most = Mutex(0)
            let body = [ByteBuffer(string: head)] + Array(repeating: chunk, count: size / (1024 * 1024))
            let chunks = (body + [ByteBuffer(string: tail)])
                .streamed { most.withLock { $0 = max($0, (try? Memory.resident()) ?? .max) } }
            var request = HTTPClientRequest(url: server.base + "/v1/jobs/lucy-clip")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=b")
            request.body = .stream(chunks, length: .known(Int64(size + head.utf8.count + tail.utf8.count)))
            let reply = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            #expect(reply.status == .ok)
            #expect(most.withLock { $0 } - before < 64 * 1024 * 1024)
        }
    }
}
