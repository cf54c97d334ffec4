public import DecartAPI

/// What is written beside a result: how it was made, and with what. Never the key.
public enum Sidecar {
    private static let producer = "decart-lua"

    public static func json(of row: JobRow, version: String, savedAt: Int64) -> JSONValue {
        var members: [String: JSONValue] = [
            "producer": .string("\(producer) \(version)"),
            "id": .string(row.id),
            "server": .string(row.server),
            "model": .string(row.model),
            "inputs": row.inputs,
            "files": .array(row.files.map(\.json)),
            "createdAt": .string(UTC.text(row.createdAt)),
            "savedAt": .string(UTC.text(savedAt)),
        ]
        members["resolvedModel"] = row.canonical.map { .string($0) }
        members["seed"] = row.seed.map { .integer($0) }
        members["jobId"] = row.jobID.map { .string($0) }
        members["acceptedAt"] = row.acceptedAt.map { .string(UTC.text($0)) }
        members["label"] = row.label.map { .string($0) }
        members["key"] = row.key.map { .string($0) }
        members["run"] = row.run.map { .string($0) }
        members["estimate"] = row.estimate.map { .number($0.dollars) }
        if let size = row.resultBytes, let digest = row.resultSHA256 {
            members["result"] = ["size": .integer(Int64(size)), "sha256": .string(digest)]
        }
        return .object(members)
    }

    /// Whether `bytes` are a file of this kind, which may be replaced.
    public static func isOurs(_ bytes: [UInt8]) -> Bool {
        (try? JSONValue(parsing: bytes))?["producer"]?.text?.hasPrefix("\(producer) ") ?? false
    }
}
