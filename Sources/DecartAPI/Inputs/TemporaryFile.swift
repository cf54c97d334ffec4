import Glibc

/// A file that exists as long as somebody holds this object, or longer if it was saved for the user.
public final class TemporaryFile: Hashable, Sendable {
    public let path: BytePath
    private let isOwned: Bool

    /// Takes charge of the file at `path`: it is removed when this object is released.
    public init(owning path: BytePath) {
        self.path = path
        self.isOwned = true
    }

    /// Only names the file at `path`, which belongs to the user and stays.
    public init(keeping path: BytePath) {
        self.path = path
        self.isOwned = false
    }

    deinit {
        if isOwned, let path = path.cString { unlink(path) }
    }

    public static func == (left: TemporaryFile, right: TemporaryFile) -> Bool { left === right }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
