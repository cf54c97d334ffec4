import RunClock
import Testing

@testable import JobFleet

/// The decisions of a worker, without a worker.
struct WorkerStateTests {
    private var state: WorkerState

    init() {
        state = WorkerState(slots: 2)
    }

    private static func at(_ seconds: Double) -> RunInstant { .start + .seconds(seconds) }

    private mutating func take(_ event: WorkerState.Event, at seconds: Double = 0) {
        state.take(event, at: Self.at(seconds), jitter: 0.5)
    }

    private mutating func next(at seconds: Double = 0) -> WorkerState.Action { state.next(at: Self.at(seconds)) }

    @Test mutating func `it claims as many as it has free slots, and then waits for one to end`() {
        #expect(next() == .claim(upTo: 2))
        take(.claimed(["a", "b"]))
        #expect(next() == .wait(until: nil))
        take(.ended("a", .well), at: 3)
        #expect(next(at: 3) == .claim(upTo: 1))
    }

    @Test mutating func `after a claim that gave less it looks again five seconds later`() {
        _ = next()
        take(.claimed(["a"]))
        #expect(next() == .wait(until: Self.at(5)))
        take(.ended("a", .well), at: 1)
        #expect(next(at: 1) == .wait(until: Self.at(5)))
        #expect(next(at: 5) == .claim(upTo: 2))
    }

    @Test(arguments: [(0.0, 4.0), (0.5, 5.0), (0.999, 6.0)])
    mutating func `workers that found nothing together do not look together`(jitter: Double, seconds: Double) {
        _ = next()
        state.take(.claimed([]), at: .start, jitter: jitter)
        guard case .wait(let until?) = next() else {
            Issue.record("it should wait")
            return
        }
        #expect(abs((until - .start) / .seconds(1) - seconds) < 0.01)
    }

    @Test(arguments: zip(0...12, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]))
    func `jobs that go wrong one after the other make longer and longer pauses`(count: Int, seconds: Int) {
        #expect(WorkerState.pause(after: count) == .seconds(seconds))
    }

    @Test mutating func `a pause holds until its end, and a job that goes well ends the row`() {
        state = WorkerState(slots: 1)
        for id in ["a", "b"] {
            #expect(next() == .claim(upTo: 1))
            take(.claimed([id]))
            take(.ended(id, .badly))
        }
        #expect(next() == .wait(until: Self.at(1)))
        #expect(next(at: 1) == .claim(upTo: 1))
        take(.claimed(["c"]), at: 1)
        take(.ended("c", .well), at: 1)
        #expect(next(at: 1) == .claim(upTo: 1))
        take(.claimed(["d"]), at: 1)
        take(.ended("d", .badly), at: 1)
        #expect(next(at: 1) == .claim(upTo: 1))
    }

    @Test mutating func `draining claims nothing more, and stops when all have ended`() {
        _ = next()
        take(.claimed(["a"]))
        take(.drain)
        #expect(next(at: 60) == .wait(until: nil))
        take(.ended("a", .well), at: 61)
        #expect(next(at: 61) == .stop)
    }

    @Test mutating func `without a lease nothing is claimed`() {
        take(.leaseLost)
        #expect(next() == .wait(until: nil))
        take(.leaseRenewed)
        #expect(next() == .claim(upTo: 2))
    }

    @Test mutating func `once stops when nothing is left, and looks once more after the last job`() {
        state = WorkerState(slots: 2, isOnce: true)
        _ = next()
        take(.claimed(["a"]))
        #expect(next(at: 1) == .wait(until: Self.at(5)))
        take(.ended("a", .well), at: 2)
        #expect(next(at: 2) == .claim(upTo: 2))
        take(.claimed([]), at: 2)
        #expect(next(at: 2) == .stop)
    }

    @Test mutating func `once gives up when jobs come back from four claims in a row, with pauses in between`() {
        state = WorkerState(slots: 2, isOnce: true)
        var seconds = 0.0
        for pause in [1.0, 2, 4] {
            #expect(next(at: seconds) == .claim(upTo: 2))
            take(.claimed(["a", "b"]), at: seconds)
            for id in ["a", "b"] { take(.ended(id, .backAgain), at: seconds) }
            #expect(!state.hasGivenUp)
            #expect(next(at: seconds) == .wait(until: Self.at(seconds + pause)))
            seconds += pause
        }
        _ = next(at: seconds)
        take(.claimed(["a", "b"]), at: seconds)
        take(.ended("a", .backAgain), at: seconds)
        #expect(!state.hasGivenUp, "another one is under way, and may end well")
        take(.ended("b", .backAgain), at: seconds)
        #expect(state.hasGivenUp)
        #expect(next(at: seconds) == .stop)
    }

    @Test mutating func `a job that comes to an end shows that it need not give up`() {
        state = WorkerState(slots: 1, isOnce: true)
        for round in 0..<20 {
            let now = Double(round * 1000)
            #expect(next(at: now) == .claim(upTo: 1))
            take(.claimed(["a"]), at: now)
            take(.ended("a", round % 3 == 2 ? .badly : .backAgain), at: now)
        }
        #expect(!state.hasGivenUp)
    }

    @Test mutating func `a worker that goes on for ever never gives up`() {
        for round in 0..<20 {
            let now = Double(round * 1000)
            #expect(next(at: now) == .claim(upTo: 2))
            take(.claimed(["a"]), at: now)
            take(.ended("a", .backAgain), at: now)
        }
        #expect(!state.hasGivenUp)
    }
}
