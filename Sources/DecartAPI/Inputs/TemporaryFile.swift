#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that lives as long as somebody holds this object, or, where it was saved for the user, beyond that.
public final class TemporaryFile: Hashable, Sendable {
    public let path: String
    private let isOwned: Bool

    /// Takes charge of the file at `path`: it is removed when this object is released.
    public init(owning path: String) {
        self.path = path
        self.isOwned = true
    }

    /// Only names the file at `path`, which belongs to the user and stays.
    public init(keeping path: String) {
        self.path = path
        self.isOwned = false
    }

    deinit {
        if isOwned { unlink(path) }
    }

    public static func == (left: TemporaryFile, right: TemporaryFile) -> Bool { left === right }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
