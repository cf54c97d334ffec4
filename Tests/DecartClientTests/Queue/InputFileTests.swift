import DecartAPI
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import DecartClient

struct InputFileTests {
    private let accepted = Play.reply(200, #"{"job_id":"new","status":"pending"}"#)

    private func submission(_ data: InputValue, prompt: String = "x") throws -> Submission {
        Submission(
            model: try ModelCatalog.find(name: "lucy-pro-v2v", kind: .video),
            inputs: ["prompt": .bytes(Array(prompt.utf8)), "data": data])
    }

    private func sentFile(_ transport: ScriptedTransport) throws -> MultipartForm.File {
        guard case .form(let form)? = transport.requests.last?.body, case .file(let file)? = form.parts.last?.content
        else { throw Unexpected.noValue }
        return file
    }

    @Test func `a path goes out under the file's own name and type`() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write("my clip.mov", "bytes")
        let transport = ScriptedTransport([accepted])
        _ = try await makeClient(transport).queue.submit(submission(.bytes(Array(path.utf8))))
        let file = try sentFile(transport)
        #expect(file.fileName == "my clip.mov")
        #expect(file.contentType == "video/quicktime")
        guard case .path(BytePath(path), size: 5) = file.source else { throw Unexpected.noValue }
    }

    @Test func `a file that is missing, a folder or a FIFO is told before anything is sent, with the other problems`()
        async throws
    {
        let folder = try ScratchFolder()
        #expect(mkfifo(folder.file("fifo"), 0o600) == 0)
        for (path, rule) in [
            (folder.file("missing.mp4"), "no such file"), (folder.path, "is a folder"),
            (folder.file("fifo"), "pipe"), ("/dev/zero", "device"),
        ] {
            let transport = ScriptedTransport([])
            let client = try makeClient(transport)
            let submission = try submission(.bytes(Array(path.utf8)), prompt: "")
            let error = try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
            #expect(error.code == .invalidInput)
            #expect(error.message.contains(rule))
            #expect(error.message.contains("prompt"))
            #expect(error.message.contains("data"))
            #expect(transport.requests.isEmpty)
        }
    }

    @Test func `a URL is fetched without the key and sent as a file`() async throws {
        let transport = ScriptedTransport([
            Play.stream(200, ["clip"], headers: [("content-type", "video/webm")]), accepted,
        ])
        let url = "https://queue.test/clips/cat.webm?sig=secret"
        _ = try await makeClient(transport).queue.submit(submission(.bytes(Array(url.utf8))))
        #expect(transport.urls.first == url)
        #expect(transport.requests[0].headers.contains { $0.name == "x-api-key" } == false)
        #expect(transport.requests[1].headers.contains { $0.name == "x-api-key" })
        let file = try sentFile(transport)
        #expect(file.fileName == "cat.webm")
        #expect(file.contentType == "video/webm")
        guard case .bytes(let bytes) = file.source else { throw Unexpected.noValue }
        #expect(bytes == Array("clip".utf8))
    }

    @Test func `a URL that cannot be fetched names its field and means that there is no job`() async throws {
        for (step, code) in [
            (Play.reply(404, "gone"), DecartErrorCode.invalidInput), (Play.reply(403), .invalidInput),
            (Play.fail(.network, .neverSent), .networkError),
        ] {
            let transport = ScriptedTransport(Array(repeating: step, count: 3))
            let client = try makeClient(transport)
            let submission = try submission(.file(.url("https://cdn.test/a.mp4?sig=secret")))
            let error = try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
            #expect(error.code == code)
            #expect(error.message.contains("data"))
            #expect(!error.message.contains("sig=secret"))
            #expect(transport.posts == 0)
        }
    }

    @Test func `a Blob without a name gets one from field and type`() async throws {
        let transport = ScriptedTransport([accepted])
        _ = try await makeClient(transport).queue.submit(submission(.file(.blob(Blob(bytes: [1], type: "video/mp4")))))
        #expect(try sentFile(transport).fileName == "data.mp4")
    }
}
