public import DecartAPI

/// Short-lived keys, to be handed to programs one does not trust with one's own.
public struct TokensClient: Sendable {
    let requester: Requester

    /// Has a token issued.
    ///
    /// - Parameter options: `metadata` (an object), `expiresIn` (1 to 3600 seconds), `allowedModels` and
    ///   `allowedOrigins` (lists of at most 20 texts), `constraints` (an object); all may be left out.
    /// - Throws: `INVALID_OPTIONS`, before a byte is sent, with every problem there is; `TOKEN_CREATE_ERROR` for a
    ///   refusal, for a reply without a key, and when it is not known whether a token was issued; `NETWORK_ERROR`;
    ///   `CANCELLED`.
    public func create(_ options: [String: JSONValue] = [:]) async throws(DecartError) -> ClientToken {
        let problems = TokenRules.problems(options)
        guard problems.isEmpty else { throw .invalid(.invalidOptions, "No token was asked for", problems) }
        let body = JSONValue.object(TokenRules.normalised(options))
        let reply = try await requester.write(
            Requester.Write(path: "/v1/client/tokens", call: .token, body: .json(body)))
        let members = try await requester.object(reply, .token)
        guard let key = members["apiKey"]?.text, !key.isEmpty else {
            // What did come may hold a secret all the same, and is not repeated.
            throw requester.unreadable("JSON without an apiKey", [], reply, .token)
        }
        return ClientToken(apiKey: key, members: members)
    }
}
