public import LuaVM
public import RunClock
internal import Synchronization

/// Stops a script that does not stop by itself, as an `Escalation` says, from another thread than the script's.
///
/// It uses real time, whatever the script's own clock is, which stands still while script code is busy.
public final class ScriptStopper: Sendable {
    private struct State {
        var escalation: Escalation
        var wake: WakeID?
        var isOver = false
        var place: String?
    }

    /// What script code is doing: its turn, and its line if that is known; nil if none is running.
    public typealias Look = @Sendable () -> (turn: UInt64, place: String?)?

    private let clock: any RunClock
    private let look: Look
    private let interrupt: @Sendable (LuaInterrupter.Force) -> Void
    private let giveUp: @Sendable (Escalation.Reason, _ place: String?) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - interrupt: interrupts what is running.
    ///   - giveUp: called at most once, on the clock's thread or the caller's. The process has to end. `place` is
    ///     "poll.lua:7" where it is known.
    public init(
        _ rules: Escalation.Rules, clock: any RunClock = SystemClock(),
        look: @escaping Look,
        interrupt: @escaping @Sendable (LuaInterrupter.Force) -> Void = { _ in },
        giveUp: @escaping @Sendable (Escalation.Reason, _ place: String?) -> Void
    ) {
        self.clock = clock
        self.look = look
        self.interrupt = interrupt
        self.giveUp = giveUp
        state = Mutex(State(escalation: Escalation(rules)))
    }

    public convenience init(
        _ rules: Escalation.Rules, of interrupter: LuaInterrupter, clock: any RunClock = SystemClock(),
        giveUp: @escaping @Sendable (Escalation.Reason, _ place: String?) -> Void
    ) {
        self.init(
            rules, clock: clock,
            look: { interrupter.interrupt(.look).map { ($0.turn, $0.line.isEmpty ? nil : $0.line) } },
            interrupt: { interrupter.interrupt($0) }, giveUp: giveUp)
    }

    /// Where script code was first seen running after the script was asked to stop: "poll.lua:7".
    public var place: String? { state.withLock { $0.place } }

    /// Asks the script to stop; a second time means at once. What it is doing now is checked before this returns.
    public func ask() {
        if step(.asked, place: nil) { lookAgain() }
    }

    /// The script has ended, so there is nothing left to do.
    public func end() {
        state.withLock { state in
            state.isOver = true
            if let wake = state.wake { clock.cancelWake(wake) }
            state.wake = nil
        }
    }

    private func lookAgain() {
        let seen = look()
        _ = step(seen.map { .busy(turn: $0.turn) } ?? .idle, place: seen?.place)
    }

    /// - Returns: whether to check again at once.
    private func step(_ event: Escalation.Event, place: String?) -> Bool {
        let (action, isDue) = state.withLock { state -> (Escalation.Action, Bool) in
            guard !state.isOver else { return (.nothing, false) }
            if state.place == nil { state.place = place }
            let now = clock.now
            let decision = state.escalation.handle(event, at: now)
            if let wake = state.wake { clock.cancelWake(wake) }
            state.wake = nil
            guard let next = decision.next else { return (decision.action, false) }
            guard next > now else { return (decision.action, true) }
            state.wake = clock.wake(at: next) { [self] in lookAgain() }
            return (decision.action, false)
        }
        switch action {
        case .nothing, .finished: break
        case .interruptOnce: interrupt(.once)
        case .interruptForGood: interrupt(.forGood)
        case .giveUp(let reason): giveUp(reason, place)
        }
        return isDue
    }
}
