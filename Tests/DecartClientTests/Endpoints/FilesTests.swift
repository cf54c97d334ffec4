import DecartAPI
import TestSupport
import Testing

@testable import DecartClient

struct FilesTests {
    private static let reply = #"{"id":"file_1","filename":"a.mp4","size_bytes":6,"extra":true}"#

    private func upload(_ steps: [ScriptedTransport.Step]) async throws -> (ScriptedTransport, DecartError) {
        let transport = ScriptedTransport(steps)
        let client = try makeClient(transport)
        let blob = Blob(bytes: [1], type: "image/png")
        return (transport, try await failure { () throws(DecartError) in try await client.files.upload(.blob(blob)) })
    }

    @Test func `an upload is one form with the file last`() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write("a.mp4", "abcdef")
        let transport = ScriptedTransport([Play.reply(200, Self.reply)])
        let stored = try await makeClient(transport).files.upload(.path(BytePath(path)), ttlSeconds: 60)
        #expect(stored.id.text == "file_1")
        #expect(stored.members["extra"] == true)
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://queue.test/v1/files")
        #expect(request.needsFreshConnection)
        guard case .form(let form) = request.body, case .file(let file)? = form.parts.last?.content,
            case .text(let seconds)? = form.parts.first?.content, case .path(BytePath(path), size: 6) = file.source
        else { throw Unexpected.noValue }
        #expect(form.parts.map(\.name) == ["ttl_seconds", "file"])
        #expect(seconds == Array("60".utf8))
        #expect(file.fileName == "a.mp4")
        #expect(file.contentType == "video/mp4")
    }

    @Test func `a file that is to be kept for good says so in place of the seconds`() async throws {
        let transport = ScriptedTransport([Play.reply(200, Self.reply)])
        _ = try await makeClient(transport).files.upload(
            .blob(Blob(bytes: [1], type: "image/png")), ttlSeconds: .persistent)
        guard case .form(let form)? = transport.requests.first?.body, case .text(let text)? = form.parts.first?.content
        else { throw Unexpected.noValue }
        #expect(form.parts.map(\.name) == ["ttl_seconds", "file"])
        #expect(text == Array("persistent".utf8))
    }

    @Test(arguments: [Int64.min, 0, 59, 2_592_001])
    func `a lifetime out of range is INVALID_OPTIONS before a byte is sent`(seconds: Int64) async throws {
        let transport = ScriptedTransport([])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in
            try await client.files.upload(.blob(Blob(bytes: [], type: "")), ttlSeconds: .seconds(seconds))
        }
        #expect(error.code == .invalidOptions)
        let rule = "ttlSeconds must be an integer from 60 to 2592000 or \"persistent\" (got \(seconds))"
        #expect(error.message.contains(rule))
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: ["", "/nowhere/at/all.mp4", "/tmp", "/dev/null", "a\u{0}b"])
    func `a file that cannot be read is INVALID_INPUT before a byte is sent`(path: String) async throws {
        let transport = ScriptedTransport([])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.files.upload(.path(BytePath(path))) }
        #expect(error.code == .invalidInput)
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: [408, 500, 502])
    func `an upload whose outcome is unknown is FILES_UPLOAD_ERROR and not sent again`(status: Int) async throws {
        for step in [Play.reply(status), Play.fail(.network, .maybeSent), Play.fail(.timeout, .maybeSent)] {
            let (transport, error) = try await upload([step])
            #expect(error.code == .filesUploadError)
            #expect(error.message.contains("may have been stored"))
            #expect(!error.retryable)
            #expect(transport.posts == 1)
        }
    }

    @Test(arguments: ["", "[]", "{}", #"{"id":""}"#, #"{"id":"a/b"}"#])
    func `a reply that is no file's is FILES_UPLOAD_ERROR`(body: String) async throws {
        let (transport, error) = try await upload([Play.reply(200, body)])
        #expect(error.code == .filesUploadError)
        #expect(transport.posts == 1)
    }

    @Test func `an upload that was never sent is NETWORK_ERROR, a changed file INVALID_INPUT`() async throws {
        let (transport, error) = try await upload(Array(repeating: Play.fail(.network, .neverSent), count: 3))
        #expect(error.code == .networkError)
        #expect(error.message.contains("No file was stored"))
        #expect(transport.posts == 3)
        #expect(try await upload([Play.fail(.body, .maybeSent)]).1.code == .invalidInput)
    }

    @Test func `a file's facts are asked for as often as it takes`() async throws {
        let transport = ScriptedTransport([
            Play.reply(503), Play.fail(.network, .maybeSent), Play.reply(200, Self.reply),
        ])
        let stored = try await makeClient(transport).files.get(FileID("file_1"))
        #expect(stored.members["filename"] == "a.mp4")
        #expect(transport.urls == Array(repeating: "https://queue.test/v1/files/file_1", count: 3))
    }

    @Test func `a missing file is FILES_GET_ERROR or FILES_DELETE_ERROR with the status`() async throws {
        let transport = ScriptedTransport([Play.reply(404, #"{"detail":"gone"}"#), Play.reply(404)])
        let client = try makeClient(transport)
        let get = try await failure { () throws(DecartError) in try await client.files.get(FileID("x y")) }
        #expect(get.code == .filesGetError)
        #expect(get.status == 404)
        #expect(get.data["detail"] == "gone")
        let delete = try await failure { () throws(DecartError) in try await client.files.delete(FileID("x")) }
        #expect(delete.code == .filesDeleteError)
        #expect(transport.urls.first == "https://queue.test/v1/files/x%20y")
    }

    @Test func `a delete is sent once, and again only if it cannot have arrived`() async throws {
        let transport = ScriptedTransport([Play.fail(.network, .neverSent), Play.reply(204)])
        try await makeClient(transport).files.delete(FileID("file_1"))
        #expect(transport.requests.map(\.method) == [.delete, .delete])
        let lost = ScriptedTransport([Play.fail(.network, .maybeSent)])
        let client = try makeClient(lost)
        let error = try await failure { () throws(DecartError) in try await client.files.delete(FileID("file_1")) }
        #expect(error.code == .filesDeleteError)
        #expect(lost.requests.count == 1)
    }

    @Test(arguments: ["", "a/b", "../x", "a\n"])
    func `an id that was never given out is INVALID_INPUT`(text: String) {
        let error = #expect(throws: DecartError.self) { try FileID(text) }
        #expect(error?.code == .invalidInput)
    }
}
