import DecartAPI
import SeededNumbers
import TestSupport
import Testing

@testable import DecartClient

/// Replies over HTTP/2 that break its rules, or ours.
@Suite(.timeLimit(.minutes(5)))
struct HostileFrameTests {
    private typealias Frame = FrameServer.Frame
    private typealias Reply = @Sendable (UInt32) -> [UInt8]

    private static let job = #"{"job_id":"j","status":"pending"}"#

    private static func sound(_ stream: UInt32) -> [UInt8] {
        Frame.headers([(":status", "200"), ("content-type", "application/json")], stream: stream)
            + Frame.data(job, stream: stream, ends: true)
    }

    /// What a request for a status ends with for each of those replies, on a connection of its own.
    private func outcomes(_ replies: [Reply]) async throws -> [DecartErrorCode?] {
        let authority = try await TestAuthority()
        let server = try await FrameServer.start(authority.identity("DNS:localhost"), replies)
        let configuration = try HTTPTransport.Configuration.fromEnvironment(["SSL_CERT_FILE": authority.file])
        var outcomes: [DecartErrorCode?] = []
        for _ in replies {
            outcomes.append(
                try await withTransport(configuration) { transport in
                    let client = try makeClient(transport, base: "https://localhost:\(server.port)", maxRetries: 0)
                    do throws(DecartError) {
                        _ = try await client.queue.status(JobID("j"))
                        return nil
                    } catch {
                        return error.code
                    }
                })
        }
        await server.stop()
        return outcomes
    }

    @Test func `a sound reply is one`() async throws {
        #expect(try await outcomes([Self.sound, Self.sound]) == [nil, nil])
    }

    @Test func `a server that closes its connection after each reply cancels nothing`() async throws {
        let authority = try await TestAuthority()
        let identity = try await authority.identity("DNS:localhost")
        let server = try await FrameServer.start(identity, Array(repeating: Self.sound, count: 300))
        let configuration = try HTTPTransport.Configuration.fromEnvironment(["SSL_CERT_FILE": authority.file])
        try await withTransport(configuration) { transport in
            let client = try makeClient(transport, base: "https://localhost:\(server.port)", maxRetries: 0)
            for _ in 0..<100 {
                do throws(DecartError) {
                    _ = try await client.queue.status(JobID("j"))
                } catch {
                    #expect(error.code == .networkError)
                }
            }
        }
        await server.stop()
    }

    @Test func `a status that is none is a network error`() async throws {
        let statuses = [
            "-1", "000", "099", "101", "600", "1000", "", "abc", "2 0", "+20", "-200", "99999999999999999999",
        ]
        let replies = statuses.map { status -> Reply in
            { Frame.headers([(":status", status)], stream: $0) + Frame.data(Self.job, stream: $0, ends: true) }
        }
        #expect(try await outcomes(replies) == statuses.map { _ in .networkError })
    }

    @Test func `frames out of their order end the request, not the process`() async throws {
        let ok = [(":status", "200")]
        let replies: [Reply] = [
            { Frame.data("early", stream: $0, ends: true) },
            { Frame.headers(ok, stream: $0) + Frame.headers(ok, stream: $0, ends: true) },
            {
                Frame.headers(ok, stream: $0) + Frame.headers([("x", "y")], stream: $0)
                    + Frame.data("{}", stream: $0, ends: true)
            },
            { stream in Array(repeatElement(Frame.headers([(":status", "103")], stream: stream), count: 100).joined())
            },
            { Frame.headers([(":status", "103")], stream: $0, ends: true) },
            { Frame.headers(ok + [("content-length", "-5")], stream: $0) + Frame.data("{}", stream: $0, ends: true) },
            { Frame.headers(ok + [("content-length", "99")], stream: $0) + Frame.data("{}", stream: $0, ends: true) },
            { Frame.headers(ok + [("X-Upper", "1")], stream: $0) },
            { Frame.headers(ok + [("transfer-encoding", "chunked")], stream: $0) },
            { Frame.headers(ok + ok, stream: $0, ends: true) },
            { Frame.headers([], stream: $0, ends: true) },
            { Frame.frame(5, flags: 4, stream: $0, Frame.bytes(2) + [0x88]) },
            { Frame.frame(3, flags: 0, stream: $0, Frame.bytes(7)) },
            { _ in Frame.frame(7, flags: 0, stream: 0, Frame.bytes(0) + Frame.bytes(2)) },
            { Frame.frame(8, flags: 0, stream: $0, Frame.bytes(0x7FFF_FFFF)) },
            { Frame.frame(9, flags: 4, stream: $0, [0x88]) },
            { Frame.frame(1, flags: 4, stream: $0, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) },
            { Frame.headers(ok, stream: $0 + 2, ends: true) }, { Frame.headers(ok, stream: $0 + 1, ends: true) },
            { _ in Frame.frame(4, flags: 0, stream: 0, [0, 3] + Frame.bytes(0)) },
            { _ in Frame.frame(4, flags: 0, stream: 0, [0, 4] + Frame.bytes(0xFFFF_FFFF)) },
            { _ in [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1] }, { _ in Array("HTTP/1.1 200 OK\r\n\r\n".utf8) },
        ]
        let outcomes = try await outcomes(replies + [Self.sound])
        #expect(outcomes.dropLast() == replies.map { _ in .networkError }[...])
        #expect(outcomes.last == .some(nil))
    }

    @Test func `hundreds of mutated streams of frames end in a value or a named error`() async throws {
        let replies = (0..<300).map { seed -> Reply in
            { stream in
                var numbers = SplitMix64(seed: UInt64(seed))
                var bytes = Frame.headers([(":status", "200"), ("etag", "\"a\"")], stream: stream)
                if seed % 3 == 0 { bytes = Frame.headers([(":status", "103")], stream: stream) + bytes }
                bytes += Frame.data(Self.job, stream: stream, ends: seed % 2 == 0)
                if seed % 2 == 1 { bytes += Frame.headers([("x", "y")], stream: stream, ends: true) }
                for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                    let place = Int.random(in: 0..<bytes.count, using: &numbers)
                    bytes[place] = UInt8.random(in: .min ... .max, using: &numbers)
                }
                return bytes
            }
        }
        let outcomes = try await outcomes(replies)
        #expect(outcomes.allSatisfy { $0 == nil || $0 == .networkError || $0 == .queueStatusError || $0 == .notFound })
        #expect(outcomes.count { $0 == nil } > 10)
        #expect(outcomes.count { $0 != nil } > 10)
    }
}
