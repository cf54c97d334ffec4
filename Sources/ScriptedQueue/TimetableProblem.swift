/// What is wrong with a timetable that was written in Lua.
public struct TimetableProblem: Error, Hashable, Sendable {
    /// What is wrong and what is right, in words for whoever wrote it.
    public var message: String

    init(_ message: String) { self.message = message }
}
