public import NIOCore
public import RunClock
internal import Synchronization

/// Real time whose wakes fire on an event loop, so that a script's timer costs no change of threads.
public final class EventLoopClock: RunClock {
    private struct State {
        /// Keyed by number: the first dictionary with another type of key would cost the program's start more than all
        /// wakes do.
        var wakes: [Int: Scheduled<Void>] = [:]
        var next = 0
    }

    private let loop: any EventLoop
    private let time = SystemClock()
    private let state = Mutex(State())

    public init(loop: any EventLoop) {
        self.loop = loop
    }

    public var now: RunInstant { time.now }
    public var unixTime: Double { time.unixTime }

    @discardableResult
    public func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let delay = max(0, (instant - now).saturatingNanoseconds)
        // NIO adds the delay to its own time; half of the range cannot overflow there.
        let scheduled = loop.scheduleTask(in: .nanoseconds(min(delay, .max / 2))) { [self] in
            if state.withLock({ $0.wakes.removeValue(forKey: id) }) != nil { body() }
        }
        state.withLock { $0.wakes[id] = scheduled }
        return WakeID(raw: UInt64(id))
    }

    public func cancelWake(_ id: WakeID) {
        state.withLock { $0.wakes.removeValue(forKey: Int(id.raw)) }?.cancel()
    }
}
