public import DecartAPI
internal import DecartClient
internal import RunClock

/// What a script is about to do with a file.
public enum FileAccess: Hashable, Sendable {
    case read, write
}

/// Decides which files a script may touch: it is asked before they are, so that a refusal says what would allow it.
public protocol FileGuard: Sendable {
    /// - Throws: `PERMISSION_DENIED`.
    func check(_ access: FileAccess, _ path: BytePath) throws(DecartError)
    /// Whether `open` asks somebody for what `check` refuses.
    var canAsk: Bool { get }
    /// Opens a file that the script may touch because somebody said so when asked; blocks the calling thread meanwhile.
    ///
    /// - Returns: nil for a file that it may touch anyhow, by its path.
    /// - Throws: `PERMISSION_DENIED`, and `FILE_ERROR` for what may be opened and cannot be.
    func open(_ opening: FileOpening, _ path: BytePath) throws(DecartError) -> GivenFile?
}

/// What for a file is opened.
public enum FileOpening: Hashable, Sendable {
    case read
    /// What was in it is gone.
    case write
    case append
}

extension (any FileGuard)? {
    /// Checks at once where nobody is asked.
    ///
    /// - Returns: who is to be asked, while the script waits; nil for nobody.
    func checkOrAsk(_ access: FileAccess, _ path: BytePath) throws(DecartError) -> (any FileGuard)? {
        guard let self else { return nil }
        if self.canAsk { return self }
        try self.check(access, path)
        return nil
    }
}

extension FileGuard {
    /// The same as `open`, without holding up the script's other tasks.
    func given(
        _ opening: FileOpening, _ path: BytePath, on clock: any RunClock
    ) async throws(DecartError) -> GivenFile? {
        try await FileWork.run(on: clock) { () throws(DecartError) in try open(opening, path) }
    }

    /// Saves a blob at a path, into a file that somebody has allowed if there is one.
    func save(_ blob: Blob, to path: BytePath, on clock: any RunClock) async throws(DecartError) {
        guard let file = try await given(.write, path, on: clock) else {
            return try await blob.save(to: path, on: clock)
        }
        let bytes = try await blob.bytes(on: clock)
        do throws(FileSystemError) {
            try await FileWork.run(on: clock) { () throws(FileSystemError) in try file.write(bytes) }
        } catch {
            throw DecartError(
                .invalidOptions, "Cannot write \(Excerpt.quoted(path.bytes, limit: 200)): \(error.reason).",
                cause: error.reason)
        }
    }
}
