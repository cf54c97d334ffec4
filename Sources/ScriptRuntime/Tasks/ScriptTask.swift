internal import LuaVM
internal import RunClock

/// One task: a coroutine that the host runs, and what the host knows about it.
///
/// Owned by the runtime's actor, like everything that touches Lua.
final class ScriptTask {
    enum State {
        case ready, running, waiting, done, failed, cancelled

        var isOver: Bool {
            switch self {
            case .ready, .running, .waiting: false
            case .done, .failed, .cancelled: true
            }
        }

        /// As scripts see it.
        var name: String {
            switch self {
            case .ready, .running, .waiting: "running"
            case .done: "done"
            case .failed: "failed"
            case .cancelled: "cancelled"
            }
        }
    }

    /// What a suspended task waits for; `lastPosition` is where.
    struct Wait {
        enum Kind {
            case sleep(timer: Int)
            case task(id: Int)
            case group(id: Int)
            /// Until some other task unparks it.
            case parked
            /// Work of the host's; calling the closure asks it to end early. It answers all the same.
            case operation(cancel: () -> Void)
            /// A cancelled task that lets the others run before it learns of it.
            case refused(timer: Int)
        }

        var id: Int
        /// The function that waits, as the script calls it.
        var function: String
        var kind: Kind
    }

    // A script may have a hundred thousand tasks: these stand so that they leave no gaps.

    let id: Int
    var coroutine: LuaCoroutine
    let isMain: Bool
    var state = State.ready
    /// Whether it was in a shield when it last came to a wait.
    var isShielded = false
    var wait: Wait?
    /// Where its last wait is or was.
    var lastPosition: LuaPosition?

    /// The task that spawned it, while that one lives; cancelling passes down from there.
    weak var owner: ScriptTask?
    var children: [Int: ScriptTask] = [:]
    /// The timers it has set that may still fire.
    var timers: Set<Int> = []
    /// "poll.lua:7", where it was spawned; nil for the main task and callbacks.
    var origin: String?

    /// Tasks and groups that are told when it is over.
    var awaiters = Awaiters()
    /// How many task objects the script holds for it.
    var holders: Int32 = 0

    /// Once set, every wait outside of a shield raises it.
    var cancellation: Cancellation?
    /// What few tasks have and every task would have to make room for.
    private var extras: Extras?
    /// Awaiters that are yet to be given its outcome.
    var deliveries: Int32 = 0

    private final class Extras {
        var timer: Int?
        var graceTimer: Int?
        var graceEnd = RunInstant.start
        var hadExtension = false
        var turn = Turn.none
        var lastError = LuaValue.nil
        var refusedWaits = 0
        var lastWords = LuaValue.nil
    }

    init(id: Int, coroutine: LuaCoroutine, isMain: Bool = false) {
        self.id = id
        self.coroutine = coroutine
        self.isMain = isMain
    }
}

// What few tasks have: a timer that started them, or how they come to an end once cancelled.
extension ScriptTask {
    /// The timer that started it, whose next tick waits for its end.
    var timer: Int? {
        get { extras?.timer }
        set { if newValue != nil || extras != nil { madeExtras.timer = newValue } }
    }

    var graceTimer: Int? {
        get { extras?.graceTimer }
        set { if newValue != nil || extras != nil { madeExtras.graceTimer = newValue } }
    }

    var graceEnd: RunInstant {
        get { extras?.graceEnd ?? .start }
        set { madeExtras.graceEnd = newValue }
    }

    /// Which turn a task has had since it was cancelled, or is owed because its grace period ended just before it.
    enum Turn {
        case none, first, owedFirst, owedLast, last
    }

    var turn: Turn {
        get { extras?.turn ?? .none }
        set { if newValue != turn { madeExtras.turn = newValue } }
    }

    /// Whether that period was lengthened for work of the host's.
    var hadExtension: Bool {
        get { extras?.hadExtension ?? false }
        set { madeExtras.hadExtension = newValue }
    }

    /// An error object other than its cancellation that it ended with: that a job may exist, say.
    var lastError: LuaValue {
        get { extras?.lastError ?? .nil }
        set { madeExtras.lastError = newValue }
    }

    /// How many waits have been refused since it was cancelled.
    var refusedWaits: Int {
        get { extras?.refusedWaits ?? 0 }
        set { madeExtras.refusedWaits = newValue }
    }

    /// The `data` of the error that ended it after it was cancelled, such as a job's id; else nil.
    var lastWords: LuaValue {
        get { extras?.lastWords ?? .nil }
        set { madeExtras.lastWords = newValue }
    }

    private var madeExtras: Extras {
        if let extras { return extras }
        let made = Extras()
        extras = made
        return made
    }
}

/// Why a task was cancelled; all that it owned has the same.
final class Cancellation: Sendable {
    /// The reason the script gave, kept; nil for none.
    let reason: LuaValue
    let message: String

    init(reason: LuaValue, message: String) {
        self.reason = reason
        self.message = message
    }
}
