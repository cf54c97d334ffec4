import RunClock
import Synchronization
import Testing

@testable import ScriptRuntime

struct EscalationTests {
    private static let rules = Escalation.Rules(
        first: .init(once: .milliseconds(50), forGood: .milliseconds(1050), giveUp: .milliseconds(6050)),
        later: .init(forGood: .seconds(5), giveUp: .seconds(10)), interval: .milliseconds(500))

    /// What is seen at each millisecond, and what is done about it.
    struct Course: Sendable {
        var seen: [(at: Int, event: Escalation.Event, action: Escalation.Action)]
        var rules = EscalationTests.rules
    }

    @Test(arguments: [
        // One turn that does not end.
        Course(seen: [
            (0, .busy(turn: 1), .nothing), (49, .busy(turn: 1), .nothing), (50, .busy(turn: 1), .interruptOnce),
            (51, .busy(turn: 1), .nothing), (1049, .busy(turn: 1), .nothing),
            (1050, .busy(turn: 1), .interruptForGood), (1051, .busy(turn: 1), .nothing),
            (6049, .busy(turn: 1), .nothing), (6050, .busy(turn: 1), .giveUp(.stuck)), (7000, .busy(turn: 1), .nothing),
        ]),
        // It comes to a wait, and what runs then gets the time to clean up.
        Course(seen: [
            (0, .busy(turn: 1), .nothing), (50, .busy(turn: 1), .interruptOnce), (100, .idle, .nothing),
            (200, .busy(turn: 2), .nothing), (300, .busy(turn: 2), .nothing), (5199, .busy(turn: 2), .nothing),
            (5200, .busy(turn: 2), .interruptForGood), (10199, .busy(turn: 2), .nothing),
            (10200, .busy(turn: 2), .giveUp(.stuck)),
        ]),
        // Each turn has its own time.
        Course(seen: [
            (0, .busy(turn: 1), .nothing), (40, .busy(turn: 2), .nothing), (4000, .busy(turn: 3), .nothing),
            (8999, .busy(turn: 3), .nothing), (9000, .busy(turn: 3), .interruptForGood),
        ]),
        // Nothing ran when it was asked for; what runs later is a later turn.
        Course(seen: [
            (0, .idle, .nothing), (10, .busy(turn: 1), .nothing), (100, .busy(turn: 1), .nothing),
            (5010, .busy(turn: 1), .interruptForGood),
        ]),
        // A machine that was asleep: steps that were missed are not made up for one by one.
        Course(seen: [(0, .busy(turn: 1), .nothing), (2000, .busy(turn: 1), .interruptForGood)]),
        Course(seen: [(0, .busy(turn: 1), .nothing), (9000, .busy(turn: 1), .giveUp(.stuck))]),
        // It is asked for again.
        Course(seen: [
            (0, .busy(turn: 1), .nothing), (20, .asked, .giveUp(.askedAgain)), (50, .busy(turn: 1), .nothing),
        ]),
        // Only one turn is to be stopped.
        Course(
            seen: [(0, .busy(turn: 1), .nothing), (20, .busy(turn: 2), .finished), (99, .busy(turn: 2), .nothing)],
            rules: .init(first: rules.first, later: nil, interval: .seconds(1))),
        Course(seen: [(0, .idle, .finished)], rules: .init(first: rules.first, later: nil, interval: .seconds(1))),
        // At once, and within a time for all of it.
        Course(
            seen: [
                (0, .busy(turn: 1), .interruptForGood), (100, .busy(turn: 1), .nothing), (200, .idle, .nothing),
                (300, .busy(turn: 2), .interruptForGood), (59_000, .idle, .nothing), (60_000, .idle, .giveUp(.tooLong)),
            ],
            rules: .init(
                first: .init(forGood: .zero, giveUp: .seconds(5)), later: .init(forGood: .zero, giveUp: .seconds(5)),
                total: .seconds(60), interval: .milliseconds(100))),
    ])
    func `what is seen decides what is done`(course: Course) {
        var escalation = Escalation(course.rules)
        #expect(escalation.handle(.busy(turn: 9), at: .start).action == .nothing, "before it is asked for")
        #expect(escalation.handle(.asked, at: .start) == .init(action: .nothing, next: .start))
        for (time, event, action) in course.seen {
            let now = RunInstant.start + .milliseconds(time)
            #expect(escalation.handle(event, at: now).action == action, "\(event) at \(time) ms")
        }
    }

    @Test(arguments: [(0, 50), (20, 50), (50, 550), (900, 1050), (1050, 1550), (6000, 6050)])
    func `the next look is when a step is due, and at least every so often`(time: Int, next: Int) {
        var escalation = Escalation(Self.rules)
        _ = escalation.handle(.asked, at: .start)
        _ = escalation.handle(.busy(turn: 1), at: .start)
        if time >= 50 { _ = escalation.handle(.busy(turn: 1), at: .start + .milliseconds(50)) }
        if time > 1050 { _ = escalation.handle(.busy(turn: 1), at: .start + .milliseconds(1050)) }
        let decision = escalation.handle(.busy(turn: 1), at: .start + .milliseconds(time))
        #expect(decision.next == .start + .milliseconds(next))
    }

    @Test func `a stopper looks as long as it is to, and no longer`() {
        let clock = VirtualClock()
        let log = Log()
        let stopper = ScriptStopper(
            Self.rules, clock: clock, look: { (1, "poll.lua:7") }, interrupt: { force in log.add("\(force)") },
            giveUp: { reason, place in log.add("\(reason) at \(place ?? "?")") })
        clock.advance(by: .seconds(100))
        #expect(log.entries.isEmpty)
        stopper.ask()
        clock.advance(by: .milliseconds(6049))
        #expect(log.entries == ["once", "forGood"])
        clock.advance(by: .milliseconds(1))
        #expect(log.entries == ["once", "forGood", "stuck at poll.lua:7"])
        #expect(clock.pendingWakes == 0)
    }

    @Test func `a stopper whose script has ended does nothing more`() {
        let clock = VirtualClock()
        let log = Log()
        let stopper = ScriptStopper(
            Self.rules, clock: clock, look: { (1, nil) }, interrupt: { force in log.add("\(force)") },
            giveUp: { reason, _ in log.add("\(reason)") })
        stopper.ask()
        stopper.end()
        #expect(clock.pendingWakes == 0)
        stopper.ask()
        clock.advance(by: .seconds(100))
        #expect(log.entries.isEmpty)
    }

    private final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        var entries: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }
}
