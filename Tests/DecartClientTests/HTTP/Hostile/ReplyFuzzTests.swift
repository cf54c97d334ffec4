import DecartAPI
import Testing

@testable import DecartClient

/// Whatever a server sends ends in a value or an error with a name, and never with the process. Most replies go through
/// the parser and the guards without a socket, some thousands through the whole of the HTTP client.
@Suite(.serialized)
struct ReplyFuzzTests {
    enum Call: String, CaseIterable, CustomStringConvertible {
        case status, submit, result

        var description: String { rawValue }

        /// The codes that a reply alone can bring about.
        var codes: Set<DecartErrorCode> {
            switch self {
            case .status: [.networkError, .queueStatusError, .notFound]
            case .submit: [.submitUnknown, .queueSubmitError]
            case .result: [.networkError, .queueResultError, .notFound, .jobNotCompleted]
            }
        }

        func make(_ client: DecartClient, _ number: Int) async throws {
            switch self {
            case .status: _ = try await client.queue.status(JobID("job_1"))
            case .result: _ = try await client.queue.result(JobID("job_1"))
            case .submit:
                let model = ModelDefinition(name: "m", kind: .video, jobsPath: "/v1/jobs/m\(number)")
                _ = try await client.queue.submit(Submission(model: model, inputs: ["seed": .integer(Int64(number))]))
            }
        }
    }

    /// Makes that call, and gives the code it ended with; nil for a value.
    private static func outcome(_ call: Call, _ client: DecartClient, _ number: Int) async -> DecartErrorCode? {
        do {
            try await call.make(client, number)
            return nil
        } catch let error as DecartError {
            #expect(call.codes.contains(error.code), "\(call) \(number): \(error)")
            #expect(error.message.utf8.count < 4000)
            return error.code
        } catch {
            Issue.record("\(call) \(number) ended with \(error)")
            return nil
        }
    }

    /// Each in a process of its own, which holds up no other test for its minute.
    @Test(arguments: Call.allCases)
    func `a hundred thousand mutated replies all end in a value or a named error`(call: Call) async {
        switch call {
        case .status:
            await #expect(processExitsWith: .success) { try await ReplyFuzzTests.mutateReplies(to: .status) }
        case .submit:
            await #expect(processExitsWith: .success) { try await ReplyFuzzTests.mutateReplies(to: .submit) }
        case .result:
            await #expect(processExitsWith: .success) { try await ReplyFuzzTests.mutateReplies(to: .result) }
        }
    }

    private static func mutateReplies(to call: Call) async throws {
        let transport = EmbeddedTransport(seed: 2026)
        let client = try makeClient(transport, maxRetries: 0)
        var outcomes: [DecartErrorCode?: Int] = [:]
        for number in 0..<100_000 {
            outcomes[await outcome(call, client, number), default: 0] += 1
        }
        // The replies are hostile, but not all of them beyond use: else they would test the first check only.
        for code in call.codes.subtracting([.jobNotCompleted]) { #expect(outcomes[code, default: 0] > 100, "\(code)") }
        #expect(outcomes[nil, default: 0] > 1000)
        if call == .submit { #expect(transport.requests == 100_000) }
    }

    @Test(arguments: Call.allCases)
    func `over sockets thousands of them end in a value or a named error`(call: Call) async throws {
        var mutator = ReplyMutator(seed: 7)
        var script: [[LoopbackServer.Action]] = []
        while script.count < 6000 {
            let pieces = mutator.pieces()
            // Nobody knows where a mutated address leads: no network but loopback here.
            if String(decoding: pieces.joined(), as: UTF8.self).lowercased().contains("location") { continue }
            script.append(pieces.map { .sendBytes($0) } + [.close])
        }
        let server = try await LoopbackServer.start(script, answersHeads: true)
        try await withTransport { transport in
            let client = try makeClient(transport, base: server.url, maxRetries: 0)
            for number in 0..<3000 { _ = await Self.outcome(call, client, number) }
        }
        let posts = server.requests.filter { $0.line.hasPrefix("POST") }.map(\.line)
        #expect(Set(posts).count == posts.count)
        await server.stop()
    }
}
