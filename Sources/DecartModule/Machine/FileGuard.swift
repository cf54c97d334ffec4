public import DecartAPI

/// What a script is about to do with a file.
public enum FileAccess: Hashable, Sendable {
    case read, write
}

/// Decides which files a script may touch: it is asked before they are, so that a refusal says what would allow it.
public protocol FileGuard: Sendable {
    /// - Throws: `PERMISSION_DENIED`.
    func check(_ access: FileAccess, _ path: BytePath) throws(DecartError)
}
