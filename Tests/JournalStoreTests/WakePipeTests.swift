import Foundation
import RunClock
import Synchronization
import Testing

@testable import PostgresJournal

@Suite(.timeLimit(.minutes(5)))
struct WakePipeTests {
    /// A clock on which the alarm of an earlier wait rings in a later one, as it may on a busy machine; it lets a byte
    /// arrive when it is asked whether the time is over.
    private final class LateClock: RunClock {
        private struct State {
            var wakes = 0
            var late: (@Sendable () -> Void)?
            var isOver = true
        }

        private let state = Mutex(State())
        private let arrive: @Sendable () -> Void

        init(_ arrive: @escaping @Sendable () -> Void) {
            self.arrive = arrive
        }

        var now: RunInstant {
            let isOver = state.withLock { $0.isOver }
            if !isOver { arrive() }
            return isOver ? .start + .seconds(1) : .start
        }
        var unixTime: Double { 0 }

        func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID {
            let ringing = state.withLock { state in
                state.wakes += 1
                defer { state.late = body }
                state.isOver = state.wakes == 1
                return state.late ?? body
            }
            ringing()
            return WakeID(raw: 1)
        }

        func cancelWake(_ id: WakeID) {}
    }

    @Test func `an alarm that rings too late ends no other wait`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer {
            close(reading)
            close(writing)
        }
        let pipe = try WakePipe(clock: LateClock { _ = write(writing, [1], 1) })
        let deadline = RunInstant.start + .seconds(1)
        #expect(!pipe.wait(for: reading, reading: true, writing: false, until: deadline))
        #expect(pipe.wait(for: reading, reading: true, writing: false, until: deadline))
    }
}
