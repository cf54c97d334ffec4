import Dispatch
import Glibc
import Synchronization

/// Real time: the machine's monotonic clock, and Dispatch timers for wakes.
public final class SystemClock: RunClock {
    /// @unchecked: a dispatch source may be cancelled from any thread; nothing else is done to it once it is armed.
    private struct Timer: @unchecked Sendable {
        let source: any DispatchSourceTimer
    }

    private struct State {
        var timers: [WakeID: Timer] = [:]
        var next: UInt64 = 0
    }

    private let origin = ContinuousClock.now
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "decart-lua.clock")

    public init() {}

    public var now: RunInstant {
        RunInstant(nanoseconds: (ContinuousClock.now - origin).saturatingNanoseconds)
    }

    public var unixTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @discardableResult
    public func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID {
        let delay = max(0, (instant - now).saturatingNanoseconds)
        let id = state.withLock { state in
            state.next += 1
            return WakeID(raw: state.next)
        }
        let source = DispatchSource.makeTimerSource(queue: queue)
        source.schedule(deadline: .now() + .nanoseconds(Int(delay)))
        source.setEventHandler { [self] in
            if forget(id) != nil { body() }
        }
        let timer = Timer(source: source)
        state.withLock { $0.timers[id] = timer }
        source.resume()
        return id
    }

    public func cancelWake(_ id: WakeID) {
        forget(id)?.source.cancel()
    }

    @discardableResult
    private func forget(_ id: WakeID) -> Timer? {
        state.withLock { $0.timers.removeValue(forKey: id) }
    }
}
