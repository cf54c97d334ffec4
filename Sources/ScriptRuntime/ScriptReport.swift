public import LuaVM

/// What the runtime reports to the person who runs the script.
public enum ScriptReport: Sendable {
    /// An error that nobody handled. `task` is nil for the main script's, else the line at which the task was spawned.
    case failed(LuaError, task: String?)
    /// No task can ever go on.
    case deadlock([StuckTask])
    /// A cancelled task did not end within its grace period and was stopped.
    case stopped(StuckTask)

    /// A task, and where it waits.
    public struct StuckTask: Sendable {
        public var isMain: Bool
        /// "poll.lua:7"; nil if none of the user's lines is known.
        public var line: String?
        /// The function it waits in.
        public var function: String
    }
}
