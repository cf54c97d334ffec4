import DecartAPI
import FoundationEssentials
import NIOCore
import TestSupport
import Testing

@testable import DecartClient

struct HTTPUploadTests {
    private func form(_ path: String, size: Int) -> MultipartForm {
        MultipartForm(parts: [
            .init(name: "prompt", content: .text(Array("naïve\r\n--x".utf8))),
            .init(
                name: "data",
                content: .file(
                    .init(fileName: "a.mp4", contentType: "video/mp4", source: .path(BytePath(path), size: size)))),
        ])
    }

    @Test func `a file is streamed byte for byte with a known length`() async throws {
        let folder = try ScratchFolder()
        let text = String((0..<200_000).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
        let path = try folder.write("a.mp4", text + text + text)
        let server = try await LoopbackServer.start([LoopbackServer.reply(200, "{}")])
        try await withTransport { transport in
            _ = try await transport.send(
                TransportRequest(
                    .post, url: server.url, body: .form(form(path, size: 600_000)), needsFreshConnection: true))
        }
        let request = try #require(server.requests.first)
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(request.header("content-length") == "\(request.body.count)")
        #expect(request.header("transfer-encoding") == nil)
        #expect(body.contains("name=\"prompt\"\r\n\r\nnaïve\r\n--x\r\n"))
        #expect(body.contains("name=\"data\"; filename=\"a.mp4\"\r\nContent-Type: video/mp4\r\n\r\nabcdef"))
        #expect(body.contains(text + text + text + "\r\n--"))
        await server.stop()
    }

    @Test(arguments: [3, 9])
    func `a file of another size than promised fails the request as body and is never whole`(size: Int) async throws {
        let folder = try ScratchFolder()
        let path = try folder.write("a.mp4", "abcdef")
        let server = try await LoopbackServer.start([LoopbackServer.reply(200, "{}")])
        let error = try await withTransport { transport in
            await #expect(throws: TransportError.self) {
                try await transport.send(
                    TransportRequest(
                        .post, url: server.url, body: .form(form(path, size: size)), needsFreshConnection: true))
            }
        }
        #expect(error?.kind == .body)
        #expect(error?.reason.contains("a.mp4 changed") == true)
        #expect(server.requests.isEmpty)
        await server.stop()
    }

    @Test func `an early refusal of a large upload is the reply`() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("big.mp4")
        #expect(FileManager.default.createFile(atPath: path, contents: Data(count: 8 << 20)))
        let refusal = LoopbackServer.reply(413, "too big", "connection: close")
        let server = try await LoopbackServer.start([refusal], answersHeads: true)
        let reply = try await withTransport { transport in
            try await transport.send(
                TransportRequest(
                    .post, url: server.url, body: .form(form(path, size: 8 << 20)), needsFreshConnection: true))
        }
        #expect(reply.status == 413)
        await server.stop()
    }

    @Test(arguments: [
        ("plain.mp4", "plain.mp4"), ("a\"b.mp4", "a%22b.mp4"), ("a\r\nX-Evil: 1", "a%0D%0AX-Evil: 1"),
        ("a\u{0}\u{1B}b", "a  b"), ("日本語.mp4", "日本語.mp4"), ("a\\", "a\\"),
    ])
    func `no name breaks out of its header`(name: String, escaped: String) {
        #expect(MultipartBody.escaped(name.utf8) == Array(escaped.utf8))
    }

    @Test func `a file's name is sent in its own bytes`() {
        let name = BytePath(bytes: [0x66, 0xE9, 0x2E, 0x6D, 0x70, 0x34])
        let file = MultipartForm.File(fileName: name, contentType: "video/mp4", source: .bytes([]))
        let body = MultipartBody(MultipartForm(parts: [.init(name: "data", content: .file(file))]), boundary: "B")
        guard case .bytes(let bytes)? = body.pieces.first else { return #expect(Bool(false)) }
        #expect(bytes.firstRange(of: Array("filename=\"".utf8) + name.bytes + Array("\"".utf8)) != nil)
    }

    @Test func `a form is laid out as the standard says and its length is right`() throws {
        let form = MultipartForm(parts: [
            .init(name: "a", content: .text([])),
            .init(
                name: "f",
                content: .file(.init(fileName: "f.png", contentType: "image/png\r\nX: 1", source: .bytes([1, 2])))),
        ])
        let body = MultipartBody(form, boundary: "B")
        guard case .bytes(let bytes)? = body.pieces.first else { throw Unexpected.noValue }
        #expect(body.length == bytes.count)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n"
                + "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.png\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n\u{1}\u{2}\r\n--B--\r\n")
        #expect(MultipartBody(form).boundary != MultipartBody(form).boundary)
    }
    @Test func `how long a form is can be told before it is laid out`() {
        let name = BytePath(bytes: [0x66, 0xE9, 0x22])
        let whole = MultipartForm(parts: [
            .init(name: "a\"\r\n", content: .text(Array("päge".utf8))),
            .init(
                name: "f", content: .file(.init(fileName: name, contentType: "bad\r\n", source: .bytes([1, 2, 3])))),
            .init(
                name: "g",
                content: .file(
                    .init(fileName: "g.mp4", contentType: "video/mp4", source: .path("/nowhere", size: 1 << 40)))),
            .init(name: "h", content: .text([])),
        ])
        for count in 0...whole.parts.count {
            let form = MultipartForm(parts: Array(whole.parts.prefix(count)))
            #expect(MultipartBody.length(of: form) == MultipartBody(form).length)
            #expect(TransportRequest.Body.form(form).byteCount == MultipartBody(form).length)
        }
        #expect(MultipartBody.length(of: whole) > 1 << 40)
    }
}
