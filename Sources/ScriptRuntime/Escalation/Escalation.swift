public import RunClock

/// How script code that does not stop by itself is stopped, step by step. Pure: what is seen goes in, what to do comes
/// out; `ScriptStopper` does it.
///
/// A *turn* is one run of a task from one wait to the next. As long as the same turn is seen, script code has not come
/// to a wait, and time in it counts:
///
///     since the turn was first seen    Ctrl-C   later turns   a test's limit   a question by the lab
///     interrupt once                   50 ms    –             –                –
///     interrupt for good               1.05 s   5 s           at once          –
///     give up                          6.05 s   10 s          5 s              15 s
public struct Escalation: Sendable {
    /// What to do about one turn, depending on how long it has lasted.
    public struct Steps: Hashable, Sendable {
        /// When to interrupt it once, which a `pcall` may catch in order to clean up; nil for never.
        public var once: Duration?
        /// When to interrupt it at every instruction until it is left; nil for never.
        public var forGood: Duration?
        /// When to give up: it is inside one long library call, where Lua cannot be stopped.
        public var giveUp: Duration

        public init(once: Duration? = nil, forGood: Duration? = nil, giveUp: Duration) {
            self.once = once
            self.forGood = forGood
            self.giveUp = giveUp
        }
    }

    public struct Rules: Hashable, Sendable {
        /// For the turn that is seen first.
        public var first: Steps
        /// For those after it; nil if there is nothing more to stop once the first is over.
        public var later: Steps?
        /// How long it may take in total; nil for no limit, as long as nothing is stuck.
        public var total: Duration?
        /// The longest time between two checks.
        public var interval: Duration

        public init(first: Steps, later: Steps?, total: Duration? = nil, interval: Duration) {
            self.first = first
            self.later = later
            self.total = total
            self.interval = interval
        }
    }

    public enum Event: Hashable, Sendable {
        /// The script is to stop: a signal, a limit. The second one is impatient.
        case asked
        /// Script code was seen running in this turn.
        case busy(turn: UInt64)
        /// No script code was running.
        case idle
    }

    public enum Action: Hashable, Sendable {
        case nothing
        case interruptOnce
        case interruptForGood
        case giveUp(Reason)
        /// There is nothing left to stop.
        case finished
    }

    public enum Reason: Hashable, Sendable {
        /// One turn does not end.
        case stuck
        /// It takes too long in total.
        case tooLong
        /// It was asked for twice.
        case askedAgain
    }

    /// What to do now, and when to check the script next; nil for never.
    public struct Decision: Hashable, Sendable {
        public var action: Action
        public var next: RunInstant?
    }

    private enum Stage: Comparable {
        case watched, interruptedOnce, interruptedForGood
    }

    private let rules: Rules
    private var began: RunInstant?
    private var isOver = false
    private var turn: UInt64?
    private var seenAt = RunInstant.start
    private var stage = Stage.watched
    private var isFirstTurn = true

    public init(_ rules: Rules) {
        self.rules = rules
    }

    public mutating func handle(_ event: Event, at now: RunInstant) -> Decision {
        guard !isOver else { return Decision(action: .nothing, next: nil) }
        if case .asked = event {
            guard began == nil else { return end(.giveUp(.askedAgain)) }
            began = now
            return Decision(action: .nothing, next: now)
        }
        guard let began else { return Decision(action: .nothing, next: nil) }
        if let total = rules.total, now >= began + total { return end(.giveUp(.tooLong)) }
        guard case .busy(let seen) = event else { return leftTurn(nil, at: now) }
        if seen != turn {
            let decision = leftTurn(seen, at: now)
            if isOver { return decision }
        }
        return step(at: now)
    }

    private var steps: Steps { isFirstTurn ? rules.first : rules.later ?? rules.first }

    private mutating func leftTurn(_ next: UInt64?, at now: RunInstant) -> Decision {
        // Nothing was running when the stop was asked for, or it has ended.
        if turn != nil || next == nil { isFirstTurn = false }
        if !isFirstTurn, rules.later == nil { return end(.finished) }
        turn = next
        seenAt = now
        stage = .watched
        return Decision(action: .nothing, next: now + rules.interval)
    }

    private mutating func step(at now: RunInstant) -> Decision {
        let steps = steps
        let lasted = now - seenAt
        if lasted >= steps.giveUp { return end(.giveUp(.stuck)) }
        if let forGood = steps.forGood, lasted >= forGood {
            guard stage < .interruptedForGood else { return wait(for: [steps.giveUp], at: now) }
            stage = .interruptedForGood
            return wait(for: [steps.giveUp], at: now, .interruptForGood)
        }
        if let once = steps.once, lasted >= once, stage == .watched {
            stage = .interruptedOnce
            return wait(for: [steps.forGood, steps.giveUp], at: now, .interruptOnce)
        }
        let once = stage == .watched ? steps.once : nil
        return wait(for: [once, steps.forGood, steps.giveUp], at: now)
    }

    /// Checks again when the next step is due, and at least at that interval, since another turn may have begun.
    private func wait(for steps: [Duration?], at now: RunInstant, _ action: Action = .nothing) -> Decision {
        let due = steps.compactMap { $0.map { seenAt + $0 } }.filter { $0 > now }.min()
        let latest = now + rules.interval
        return Decision(action: action, next: due.map { min($0, latest) } ?? latest)
    }

    private mutating func end(_ action: Action) -> Decision {
        isOver = true
        return Decision(action: action, next: nil)
    }
}
