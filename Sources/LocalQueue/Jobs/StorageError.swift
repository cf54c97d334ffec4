import Glibc

/// The queue's database or folder cannot be used.
public struct StorageError: Error, Hashable, CustomStringConvertible {
    /// What could not be done, with what, and why.
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ action: String, _ path: String, errno code: CInt) {
        self.init("The local queue \(action) \(path): \(String(cString: strerror(code))).")
    }
}
