public import ScriptPermissions

/// A permission that the script has used: its kind, and the file, program or variable.
public struct LinkedUse: Hashable, Sendable {
    public var kind: PermissionKind
    public var what: [UInt8]

    public init(kind: PermissionKind, what: [UInt8]) {
        self.kind = kind
        self.what = what
    }

    public var payload: [UInt8] {
        var writer = FieldWriter()
        writer.add(kind.rawValue)
        writer.add(what)
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        guard let kind = PermissionKind(rawValue: try reader.text()) else { throw LinkFault("an unknown permission") }
        self.kind = kind
        what = try reader.data()
        try reader.end()
    }
}
