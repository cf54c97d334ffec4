/// A short-lived key for programs that should not have your own. It is a secret: however this
/// is printed or mirrored, it does not show.
public struct ClientToken: Sendable, HiddenWhenPrinted {
    /// The key itself (`ek_…`).
    public var apiKey: String
    /// The whole reply, unknown members too, as it came: `apiKey`, `token`, `expiresAt`, `permissions`, `constraints`.
    public var members: [String: JSONValue]

    public init(apiKey: String, members: [String: JSONValue]) {
        self.apiKey = apiKey
        self.members = members
    }
}
