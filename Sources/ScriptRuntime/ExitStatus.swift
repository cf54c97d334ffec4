/// What the process exits with.
public struct ExitStatus: Hashable, Sendable {
    public var code: Int32

    public init(code: Int32) {
        self.code = code
    }

    public static let success = ExitStatus(code: 0)
    public static let failure = ExitStatus(code: 1)
    /// Ended by Ctrl-C.
    public static let interrupted = ExitStatus(code: 130)
}
