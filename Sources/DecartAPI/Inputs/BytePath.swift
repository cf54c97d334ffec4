/// A path as the system has it: bytes, which need not be text.
///
/// Unlike swift-system's `FilePath` it keeps exactly what it was given. An empty path, one with a NUL in it, or a slash
/// after the name of a file, is refused when it is opened and does not silently become another.
public struct BytePath: Hashable, Sendable {
    public var bytes: [UInt8]

    public init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    public init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    /// For system calls, with the terminating zero; nil for a path with a NUL in it, which they would take for
    /// its end.
    public var cString: [CChar]? {
        bytes.contains(0) ? nil : (bytes + [0]).map { CChar(bitPattern: $0) }
    }

    /// What follows the last slash.
    public var lastComponent: BytePath {
        BytePath(bytes: bytes.suffix(from: (bytes.lastIndex(of: Self.slash) ?? -1) + 1))
    }

    /// The folder that the path leads into: `.` for a bare name.
    public var folder: BytePath {
        guard let slash = bytes.lastIndex(of: Self.slash) else { return "." }
        return slash == 0 ? "/" : BytePath(bytes: bytes[..<slash])
    }

    /// `other` as it is seen from inside this folder.
    public func appending(_ other: BytePath) -> BytePath {
        if other.bytes.first == Self.slash { return other }
        return BytePath(bytes: bytes + (bytes.last == Self.slash ? [] : [Self.slash]) + other.bytes)
    }

    private static let slash = UInt8(ascii: "/")
}

extension BytePath: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// For people; bytes that are not text show as U+FFFD.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
