import DecartAPI
import FoundationEssentials
import Glibc
import RunClock
import TestSupport
import Testing

@testable import DecartClient

struct SavingTests {
    private let blob = Blob(bytes: Array("new".utf8), type: "text/plain")
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func link(_ name: String, to target: String) {
        #expect(symlink(target, folder.file(name)) == 0)
    }

    private func target(of name: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: folder.file(name))
    }

    @Test func `saving over a symbolic link replaces what it leads to, and the link stays`() async throws {
        try folder.write("there/clip.mp4", "old")
        #expect(chmod(folder.file("there/clip.mp4"), 0o640) == 0)
        link("latest.mp4", to: "there/clip.mp4")
        link("chained.mp4", to: folder.file("latest.mp4"))
        try await blob.save(to: folder.file("chained.mp4"))
        #expect(folder.text("there/clip.mp4") == "new")
        #expect(try target(of: "latest.mp4") == "there/clip.mp4")
        #expect(try target(of: "chained.mp4") == folder.file("latest.mp4"))
        #expect(try FileFacts.of(BytePath(folder.file("there/clip.mp4"))).rights == 0o640)
        #expect(folder.names == ["chained.mp4", "latest.mp4", "there"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("there")) == ["clip.mp4"])
    }

    @Test func `behind a dangling link the file is made`() async throws {
        link("latest.mp4", to: "clip.mp4")
        try await blob.save(to: folder.file("latest.mp4"))
        #expect(folder.text("clip.mp4") == "new")
        #expect(try target(of: "latest.mp4") == "clip.mp4")
        #expect(folder.names == ["clip.mp4", "latest.mp4"])
    }

    @Test(arguments: [
        ("into a folder that is not there", "missing/clip.mp4", "there is no folder"),
        ("to itself", "latest.mp4", "too many symbolic links"),
        ("to a folder", ".", "it is a folder"), ("to a device", "/dev/null", "it is not a regular file"),
    ])
    func `a link that leads nowhere a file can be is refused by name, and stays`(_: String, to: String, reason: String)
        async throws
    {
        link("latest.mp4", to: to)
        let path = folder.file("latest.mp4")
        let error = try await failure { () throws(DecartError) in try await blob.save(to: path) }
        #expect(error.code == .invalidOptions)
        #expect(error.message.contains(reason))
        #expect(error.message.contains("latest.mp4"))
        #expect(try target(of: "latest.mp4") == to)
        #expect(folder.names == ["latest.mp4"])
    }

    @Test func `a result goes through a link too`() async throws {
        link("latest.mp4", to: "clip.mp4")
        let transport = ScriptedTransport([Play.stream(200, ["clip"])])
        _ = try await makeClient(transport).queue.result(makeJob(), to: .path(BytePath(folder.file("latest.mp4"))))
        #expect(folder.text("clip.mp4") == "clip")
        #expect(folder.names == ["clip.mp4", "latest.mp4"])
    }

    @Test func `a path is bytes all the way: saved, fetched, sent`() async throws {
        let (one, other) = (name([0xE9]), name([0xE8]))
        try await blob.save(to: one)
        let transport = ScriptedTransport([
            Play.stream(200, ["clip"]), Play.reply(200, #"{"job_id":"new","status":"pending"}"#),
        ])
        let client = try makeClient(transport)
        let result = try await client.queue.result(makeJob(), to: .path(other))
        #expect(String(decoding: try await Blob.read(one), as: UTF8.self) == "new")
        #expect(try await result.bytes() == Array("clip".utf8))
        let submission = Submission(
            model: ModelDefinition(name: "mine", kind: .video, jobsPath: "/v1/jobs/mine"),
            inputs: ["data": .bytes(other.bytes)])
        _ = try await client.queue.submit(submission)
        guard case .form(let form)? = transport.requests.last?.body, case .file(let file)? = form.parts.last?.content,
            case .path(other, size: 4) = file.source
        else { throw Unexpected.noValue }
        #expect(file.contentType == "video/mp4")
    }

    /// A file's name with bytes in it that are no text.
    private func name(_ bytes: [UInt8]) -> BytePath {
        BytePath(bytes: Array(folder.file("save").utf8) + bytes + Array(".mp4".utf8))
    }
}

extension Blob {
    fileprivate static func read(_ path: BytePath) async throws -> [UInt8] {
        let facts = try FileFacts.of(path)
        return try await Blob(storage: .file(TemporaryFile(keeping: path), size: facts.size), type: "").bytes()
    }
}
