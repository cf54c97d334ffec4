/// Where the bytes of a download go. One writer at a time.
protocol ByteSink: AnyObject, Sendable {
    /// Bytes taken so far.
    var count: Int { get }
    /// May return before the bytes are where they go; a later call throws what goes wrong on their way.
    func write(_ bytes: [UInt8]) async throws(FileWriteError)
    /// An empty buffer to gather bytes in for `write`, which has room if one is to be had.
    func takeBuffer() -> [UInt8]
    /// Returns when everything is where it goes.
    func finish() async throws(FileWriteError)
    /// Forgets all that was written.
    func restart() async throws(FileWriteError)
    /// Throws the whole thing away.
    func discard() async
}

extension ByteSink {
    func takeBuffer() -> [UInt8] { [] }
}
