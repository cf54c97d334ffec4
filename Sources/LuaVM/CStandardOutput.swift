internal import CLuaShim

/// C's standard output, through which Lua prints.
public enum CStandardOutput {
    public enum Failure: Equatable, Sendable {
        /// Why it cannot be written: an `errno`.
        case code(Int32)
        /// An earlier write has failed.
        case earlier
    }

    /// Writes out what it holds. Returns nil if all that was ever printed has been written.
    public static func flush() -> Failure? {
        switch shim_flush_output() {
        case 0: nil
        case -1: .earlier
        case let code: .code(code)
        }
    }
}
