import DecartAPI
import Testing

@testable import DecartClient

struct TokensTests {
    private let reply = #"{"apiKey":"ek_secret","token":"a.b.c","expiresAt":"2026-01-01T00:01:00Z"}"#

    @Test func `the options go out as JSON and the key comes back`() async throws {
        let transport = ScriptedTransport([Play.reply(200, reply)])
        let token = try await makeClient(transport).tokens.create([
            "expiresIn": 120.0, "metadata": ["role": "viewer"], "allowedModels": .object([:]), "constraints": .null,
        ])
        #expect(token.apiKey == "ek_secret")
        #expect(token.members["expiresAt"] == "2026-01-01T00:01:00Z")
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://queue.test/v1/client/tokens")
        guard case .json(let body) = request.body else { throw Unexpected.noValue }
        #expect(body.serializedText == #"{"allowedModels":[],"expiresIn":120,"metadata":{"role":"viewer"}}"#)
    }

    @Test func `a token does not show however it is printed`() {
        let token = ClientToken(apiKey: "ek_secret", members: ["apiKey": "ek_secret"])
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("ek_secret"))
    }

    @Test func `all that is wrong is told at once, before a byte is sent`() async throws {
        let transport = ScriptedTransport([])
        let client = try makeClient(transport)
        let many = JSONValue.array(Array(repeating: "m", count: 21))
        let error = try await failure { () throws(DecartError) in
            try await client.tokens.create([
                "expiresIn": 3601, "metadata": "x", "allowedModels": many, "allowedOrigins": [""], "ttl": 1,
                "constraints": [1],
            ])
        }
        #expect(error.code == .invalidOptions)
        for name in ["expiresIn", "metadata", "allowedModels", "allowedOrigins", "ttl", "constraints"] {
            #expect(error.message.contains(name + " "))
        }
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: [0, 1, 3600, 3601, -1])
    func `a token holds for a second to an hour`(seconds: Int64) {
        #expect(TokenRules.problems(["expiresIn": .integer(seconds)]).isEmpty == (1...3600).contains(seconds))
    }

    @Test func `a refusal, a lost reply and one without a key are TOKEN_CREATE_ERROR, sent once`() async throws {
        for step in [
            Play.reply(403), Play.reply(500), Play.fail(.network, .maybeSent), Play.reply(200, "{}"), Play.reply(200),
        ] {
            let transport = ScriptedTransport([step])
            let client = try makeClient(transport)
            let error = try await failure { () throws(DecartError) in try await client.tokens.create() }
            #expect(error.code == .tokenCreateError)
            #expect(!error.retryable)
            #expect(transport.posts == 1)
        }
    }

    @Test func `a name is resolved, as often as it takes`() async throws {
        let transport = ScriptedTransport([
            Play.reply(503), Play.fail(.network, .maybeSent), Play.reply(200, #"{"model_id":"lucy-2.6"}"#),
        ])
        #expect(try await makeClient(transport).models.resolve("lucy-latest") == "lucy-2.6")
        guard case .json(let body)? = transport.requests.last?.body else { throw Unexpected.noValue }
        #expect(body == ["model": "lucy-latest"])
        #expect(transport.urls.last == "https://queue.test/v1/models/resolve")
    }

    @Test(arguments: [
        (404, "", DecartErrorCode.modelNotFound), (401, "", .modelResolveError), (200, "{}", .modelResolveError),
        (307, "", .modelResolveError),
    ])
    func `a name that cannot be resolved says why`(status: Int, body: String, code: DecartErrorCode) async throws {
        let transport = ScriptedTransport([Play.reply(status, body, headers: [("location", "https://other.test/")])])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.models.resolve("x") }
        #expect(error.code == code)
        #expect(transport.requests.count == 1)
    }
}
