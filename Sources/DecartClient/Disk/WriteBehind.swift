import RunClock
import Synchronization

/// An open file whose writer does not wait for the disk: one write is under way while the next bytes are gathered, and
/// the next write waits for it. The next call throws what went wrong. One writer at a time.
final class WriteBehind: Sendable {
    private struct State {
        var count = 0
        var underWay: FileWork.Begun<Outcome>?
        /// The last buffer that was written, for the next bytes: fresh memory for each would cost as much as the
        /// copying.
        var spare: [UInt8] = []
    }

    private struct Outcome: Sendable {
        var result: Result<Void, SystemError>
        var bytes: [UInt8]
    }

    let file: OpenFile
    private let clock: any RunClock
    private let state = Mutex(State())

    init(_ file: OpenFile, clock: any RunClock) {
        self.file = file
        self.clock = clock
    }

    /// Bytes taken so far, those on their way included.
    var count: Int { state.withLock { $0.count } }

    /// - Throws: what went wrong with the bytes before these.
    func write(_ bytes: [UInt8]) async throws(SystemError) {
        try await finish()
        let file = file
        let begun = FileWork.begin(on: clock) {
            Outcome(result: Result { () throws(SystemError) in try file.write(bytes) }, bytes: bytes)
        }
        state.withLock { state in
            state.count += bytes.count
            state.underWay = begun
        }
    }

    /// Throws away all that was written.
    func rewind() async throws(SystemError) {
        // A write that failed has nothing to say about what is thrown away.
        try? await finish()
        let file = file
        try await FileWork.run(on: clock) { () throws(SystemError) in try file.rewind() }
        state.withLock { $0.count = 0 }
    }

    /// Waits for the write that is under way.
    func finish() async throws(SystemError) {
        let begun = state.withLock { state in
            defer { state.underWay = nil }
            return state.underWay
        }
        guard var outcome = await begun?.value() else { return }
        outcome.bytes.removeAll(keepingCapacity: true)
        state.withLock { $0.spare = outcome.bytes }
        try outcome.result.get()
    }

    /// An empty buffer, which has room if one is to be had.
    func takeBuffer() -> [UInt8] {
        state.withLock { state in
            defer { state.spare = [] }
            return state.spare
        }
    }
}
