/// What the server says about a file that it keeps.
public struct StoredFile: Hashable, Sendable {
    public var id: FileID
    /// The whole reply, unknown members too, as it came: `id`, `filename`, `mime_type`, `size_bytes`, `created_at`,
    /// `expires_at`.
    public var members: [String: JSONValue]

    public init(id: FileID, members: [String: JSONValue]) {
        self.id = id
        self.members = members
    }
}
