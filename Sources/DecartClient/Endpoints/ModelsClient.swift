public import DecartAPI

/// What the service says of its models.
public struct ModelsClient: Sendable {
    let requester: Requester

    /// The model that a name means right now: an alias such as `lucy-latest` moves from model to model. Any name may be
    /// asked for, also one that this program does not know.
    ///
    /// - Throws: `INVALID_INPUT` for an empty name; `MODEL_NOT_FOUND` where the service knows no such model;
    ///   `MODEL_RESOLVE_ERROR` for any other refusal, and for a reply without a model; `NETWORK_ERROR`; `CANCELLED`.
    public func resolve(_ name: String) async throws(DecartError) -> String {
        guard !name.isEmpty else {
            throw DecartError(.invalidInput, "The model's name is empty. Pass one such as \"lucy-latest\".")
        }
        let call = Call.resolve(model: name)
        let reply = try await requester.write(
            Requester.Write(path: "/v1/models/resolve", call: call, body: .json(["model": .string(name)])))
        let members = try await requester.object(reply, call)
        guard let id = members["model_id"]?.text, !id.isEmpty else {
            let body = JSONValue.object(members).serialized()
            throw requester.unreadable("JSON without a model_id", body, reply, call)
        }
        return id
    }
}
