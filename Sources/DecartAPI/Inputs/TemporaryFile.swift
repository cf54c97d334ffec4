#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that lives as long as somebody holds this object.
public final class TemporaryFile: Hashable, Sendable {
    public let path: String

    /// Takes charge of the file at `path`: it is removed when this object is released.
    public init(owning path: String) {
        self.path = path
    }

    deinit {
        unlink(path)
    }

    public static func == (left: TemporaryFile, right: TemporaryFile) -> Bool { left === right }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
