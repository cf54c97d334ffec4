/// Where the bytes of a download go. One writer at a time.
protocol ByteSink: AnyObject, Sendable {
    /// Bytes written so far.
    var count: Int { get }
    func write(_ bytes: [UInt8]) async throws(FileProblem)
    /// Forgets all that was written.
    func restart() async throws(FileProblem)
    /// Throws the whole thing away.
    func discard() async
}
