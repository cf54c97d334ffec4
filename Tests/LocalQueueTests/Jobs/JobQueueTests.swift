import DecartAPI
import Foundation
import Logging
import RunClock
import TestSupport
import Testing

@testable import LocalQueue

struct JobQueueTests {
    private let scratch: ScratchFolder
    private let clock = VirtualClock()
    private let model: ModelDefinition

    init() throws {
        scratch = try ScratchFolder()
        model = try ModelCatalog.find(name: "lucy-pro-t2v", kind: .video)
    }

    private func open(
        _ path: String, expireAfter: Duration? = nil, clips: ClipMaker = .builtIn
    ) throws -> JobQueue {
        let settings = QueueSettings(concurrency: 1, expireAfter: expireAfter, seed: 1)
        return try JobQueue(
            settings: settings, database: path, clips: clips, clock: clock, logger: Logger(label: "test"))
    }

    private func form(_ prompt: String) -> ReceivedForm {
        ReceivedForm(fields: [("prompt", Array(prompt.utf8))])
    }

    @Test func `jobs are there after a restart, with their ids, times and clips`() throws {
        let path = scratch.file("jobs.db")
        var ids: [String] = []
        do {
            let queue = try open(path)
            ids = try (0..<3).map { try queue.submit(model: model, form: form("prompt \($0)")).id }
        }
        clock.advance(by: .milliseconds(5500))
        let queue = try open(path)
        #expect(ids.map { queue.job($0)?.status } == [.completed, .processing, .pending])
        clock.advance(by: .seconds(8))
        #expect(ids.map { queue.job($0)?.status } == [.completed, .completed, .completed])
        let clips = ids.compactMap { queue.job($0)?.clip }
        #expect(Set(clips.map(\.checksum)).count == 3)
        #expect(try clips.allSatisfy { FileManager.default.fileExists(atPath: try queue.folder.path(of: $0.fileName)) })
    }

    @Test func `a job that was answered is there after a kill`() throws {
        let path = scratch.file("jobs.db")
        let queue = try open(path)
        for count in 1...5 {
            let id = try queue.submit(model: model, form: form("prompt")).id
            // What lies on disk at this instant, the write-ahead log included, is what a killed process leaves.
            let copy = scratch.file("copy-\(count).db")
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            let after = try open(copy)
            #expect(after.job(id)?.status == .pending)
        }
    }

    @Test func `numbers are never given out twice, so that one seed gives no id twice`() throws {
        let path = scratch.file("jobs.db")
        var ids: [String] = []
        for _ in 0..<3 {
            let queue = try open(path, expireAfter: .seconds(1))
            ids += try (0..<3).map { _ in try queue.submit(model: model, form: form("prompt")).id }
            clock.advance(by: .seconds(3600))
        }
        #expect(Set(ids).count == 9)
    }

    @Test func `an expired job's row and files go`() throws {
        let path = scratch.file("jobs.db")
        let queue = try open(path, expireAfter: .seconds(10))
        let id = try queue.submit(model: model, form: form("prompt")).id
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue.folder.path()).count == 1)
        clock.advance(by: .seconds(60))
        #expect(queue.job(id) == nil)
        let next = try queue.submit(model: model, form: form("prompt")).id
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue.folder.path()) == ["clip-\(next).mp4"])
    }

    @Test func `what a killed upload left behind is removed, what is not ours stays`() throws {
        let path = scratch.file("jobs.db")
        try FileManager.default.createDirectory(atPath: path + ".files", withIntermediateDirectories: true)
        for name in ["upload-half", "clip-x.mp4.part", "notes.txt"] {
            _ = FileManager.default.createFile(atPath: path + ".files/" + name, contents: Data([1]))
        }
        let queue = try open(path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue.folder.path()) == ["notes.txt"])
    }

    @Test func `a database has one queue at a time`() throws {
        let path = scratch.file("jobs.db")
        let queue = try open(path)
        _ = try queue.submit(model: model, form: form("prompt"))
        #expect {
            try open(path)
        } throws: { "\($0)".hasPrefix("Another local queue is using the database") }
    }

    @Test func `a file that is no database is left alone and named`() throws {
        let path = try scratch.write("a.txt", "This is a text and no database, long enough to be read.")
        #expect { try open(path) } throws: { "\($0)".contains(path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("This is a text"))
    }

    @Test(.timeLimit(.minutes(5)))
    func `with a renderer that fails the built-in clip comes all the same`() async throws {
        let queue = try open(scratch.file("jobs.db"), clips: .ffmpeg(path: "/bin/false"))
        let id = try queue.submit(model: model, form: form("prompt")).id
        clock.advance(by: .seconds(60))
        while queue.job(id)?.status != .completed { await Task.yield() }
        #expect(queue.job(id)?.clip?.type == "video/mp4")
        await queue.stop()
    }

    @Test func `without a database the files go with the queue`() throws {
        var queue: JobQueue? = try JobQueue(
            settings: QueueSettings(), database: nil, clips: .builtIn, clock: clock, logger: Logger(label: "test"))
        _ = try queue?.submit(model: model, form: form("prompt"))
        let path = try #require(try queue?.folder.path())
        #expect(FileManager.default.fileExists(atPath: path))
        queue = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
