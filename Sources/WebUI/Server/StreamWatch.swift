internal import NIOCore
internal import RunClock
internal import Synchronization

/// The open streams, and since when each has been waiting for its page to read. One that waits too long is cut
/// off; the page, if it is still there, comes back for the current state.
final class StreamWatch: Sendable {
    /// How long a page may take to read what it is sent.
    static let patience = Duration.seconds(10)

    private struct Stream {
        var channel: any Channel
        var waitingSince: RunInstant?
    }

    private struct State {
        var streams: [Int: Stream] = [:]
        var next = 0
    }

    let clock: any RunClock
    private let state = Mutex(State())

    init(clock: any RunClock) {
        self.clock = clock
    }

    func open(_ channel: any Channel) -> Int {
        state.withLock { state in
            state.next += 1
            state.streams[state.next] = Stream(channel: channel)
            return state.next
        }
    }

    func close(_ id: Int) {
        state.withLock { _ = $0.streams.removeValue(forKey: id) }
    }

    func isSending(_ id: Int) {
        let now = clock.now
        state.withLock { $0.streams[id]?.waitingSince = now }
    }

    func hasSent(_ id: Int) {
        state.withLock { $0.streams[id]?.waitingSince = nil }
    }

    func cutOffIdlers() {
        let now = clock.now
        let late = state.withLock { state in
            state.streams.values.filter { $0.waitingSince.map { now - $0 >= Self.patience } ?? false }
        }
        for stream in late { stream.channel.close(promise: nil) }
    }

    var isEmpty: Bool { state.withLock { $0.streams.isEmpty } }

    func closeAll() {
        for stream in state.withLock({ Array($0.streams.values) }) { stream.channel.close(promise: nil) }
    }
}
