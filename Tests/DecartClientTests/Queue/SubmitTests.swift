import DecartAPI
import Testing

@testable import DecartClient

struct SubmitTests {
    private func submit(_ steps: [ScriptedTransport.Step]) async throws -> (ScriptedTransport, DecartError) {
        let transport = ScriptedTransport(steps)
        let client = try makeClient(transport)
        let submission = try sunset()
        return (transport, try await failure { () throws(DecartError) in try await client.queue.submit(submission) })
    }

    @Test func `a submit is one POST on a fresh connection`() async throws {
        let transport = ScriptedTransport([Play.reply(200, #"{"job_id":"new","status":"pending"}"#)])
        let job = try await makeClient(transport).queue.submit(sunset())
        #expect(job.id.text == "new")
        #expect(job.status == .pending)
        let request = try #require(transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://queue.test/v1/jobs/lucy-pro-t2v")
        #expect(request.needsFreshConnection)
        guard case .form(let form) = request.body else { throw Unexpected.noValue }
        #expect(form.parts.map(\.name) == ["prompt", "resolution"])
    }

    @Test(arguments: [408, 500, 502, 503])
    func `a server error leaves the job unknown and nothing is sent again`(status: Int) async throws {
        let (transport, error) = try await submit([Play.reply(status, #"{"detail":"oops"}"#)])
        #expect(error.code == .submitUnknown)
        #expect(error.status == status)
        #expect(error.data["detail"] == "oops")
        #expect(!error.retryable)
        #expect(transport.posts == 1)
    }

    @Test(arguments: [TransportError.Kind.network, .timeout])
    func `a failure after the body began leaves the job unknown`(kind: TransportError.Kind) async throws {
        let (transport, error) = try await submit([Play.fail(kind, .maybeSent)])
        #expect(error.code == .submitUnknown)
        #expect(transport.posts == 1)
    }

    @Test(arguments: ["", "<html>", "{}", #"{"job_id":7}"#, #"{"job_id":""}"#, #"{"job_id":"a/b"}"#])
    func `a success without a usable id leaves the job unknown and keeps what was said`(body: String) async throws {
        let (transport, error) = try await submit([Play.reply(200, body)])
        #expect(error.code == .submitUnknown)
        #expect(body.isEmpty || error.data["detail"] != nil)
        #expect(transport.posts == 1)
    }

    @Test(arguments: [400, 401, 403, 404, 413, 422])
    func `a refusal means there is no job`(status: Int) async throws {
        let body = #"{"detail":[{"loc":["body","prompt"],"msg":"too long"}]}"#
        let (transport, error) = try await submit([Play.reply(status, body)])
        #expect(error.code == .queueSubmitError)
        #expect(error.message.contains("prompt: too long"))
        #expect(!error.retryable)
        #expect(transport.posts == 1)
    }

    @Test func `a redirected submit is not followed`() async throws {
        let (transport, error) = try await submit([Play.reply(307, headers: [("location", "https://other.test/")])])
        #expect(error.code == .queueSubmitError)
        #expect(transport.requests.count == 1)
    }

    @Test func `nothing sent and 429 are tried again, and then it is sent`() async throws {
        let transport = ScriptedTransport([
            Play.fail(.network, .neverSent), Play.reply(429, headers: [("retry-after", "2")]),
            Play.reply(200, #"{"job_id":"third"}"#),
        ])
        let clock = LeapingClock()
        let job = try await makeClient(transport, clock: clock).queue.submit(sunset())
        #expect(job.id.text == "third")
        #expect(clock.waits.last == .seconds(2))
    }

    @Test func `an unreachable queue is NETWORK_ERROR and says that there is no job`() async throws {
        let (transport, error) = try await submit(Array(repeating: Play.fail(.network, .neverSent), count: 3))
        #expect(error.code == .networkError)
        #expect(error.message.contains("No job was submitted"))
        #expect(transport.posts == 3)
    }

    @Test func `a file that changed while it was sent is no job`() async throws {
        let (transport, error) = try await submit([Play.fail(.body, .maybeSent)])
        #expect(error.code == .invalidInput)
        #expect(transport.posts == 1)
    }

    @Test(arguments: ["", "v1/jobs/x", "@evil.test/", "/v1/jobs/x y", "/v1\r\n"])
    func `a custom model's path cannot turn into a host or a header`(path: String) async throws {
        let transport = ScriptedTransport([])
        let client = try makeClient(transport)
        let model = ModelDefinition(name: "mine", kind: .video, jobsPath: path)
        let error = try await failure { () throws(DecartError) in
            try await client.queue.submit(Submission(model: model, inputs: [:]))
        }
        #expect(error.code == .invalidInput)
        #expect(transport.requests.isEmpty)
    }
}
