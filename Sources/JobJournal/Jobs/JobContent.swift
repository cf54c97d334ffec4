public import DecartAPI

/// What a job is made of, so that two submits can be told to be the same: where it goes, as whom, and what is sent.
///
/// Names of files, paths and times do not count, nor a seed that was drawn here, nor what an alias means at present.
public struct JobContent: Sendable {
    /// A field as it is sent.
    public struct Field: Hashable, Sendable {
        public var name: String
        public var value: [UInt8]

        public init(name: String, value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// The base URL.
    public var server: String
    /// The salted hash of the key.
    public var account: String
    /// As it was asked for.
    public var model: String
    /// What is posted to.
    public var path: String
    public var fields: [Field]
    public var files: [FileDigest]
    /// Whether `seed` among the fields was drawn here.
    public var hasDrawnSeed: Bool

    public init(
        server: String, account: String, model: String, path: String, fields: [Field], files: [FileDigest],
        hasDrawnSeed: Bool = false
    ) {
        self.server = server
        self.account = account
        self.model = model
        self.path = path
        self.fields = fields
        self.files = files
        self.hasDrawnSeed = hasDrawnSeed
    }

    /// The SHA-256, in lowercase hexadecimal, of its canonical JSON.
    public var digest: String {
        let counted = hasDrawnSeed ? fields.filter { $0.name != "seed" } : fields
        let digests = Dictionary(files.map { ($0.field, JSONValue.string($0.sha256)) }) { _, last in last }
        // In the order of their names, as in every object.
        let members: [(name: String, value: JSONValue)] = [
            ("account", .string(account)), ("fields", Self.json(counted)), ("files", .object(digests)),
            ("model", .string(model)), ("path", .string(path)), ("server", .string(server)),
        ]
        var canonical: [UInt8] = []
        JSONValue.write(members, to: &canonical)
        return RunningDigest.sha256(canonical)
    }

    /// The fields as they are written down: text, or `{"bytes": "…"}` in hexadecimal for what is not UTF-8.
    public var inputs: JSONValue { Self.json(fields) }

    private static func json(_ fields: [Field]) -> JSONValue {
        .object(
            Dictionary(
                fields.map { field in
                    let text = String(validating: field.value, as: UTF8.self)
                    return (field.name, text.map { .string($0) } ?? ["bytes": .string(hexadecimal(field.value))])
                }, uniquingKeysWith: { _, last in last }))
    }
}

/// Whose job it is, without the key.
public enum Account {
    /// A salted hash of the key: the same key is the same account in one journal, and nothing to anybody else.
    public static func hash(of key: [UInt8]?, salt: String) -> String {
        // A proxy that adds the key, and a queue on this machine, have one account.
        guard let key else { return "none" }
        return String(RunningDigest.sha256(Array(salt.utf8) + [0] + key).prefix(32))
    }
}
