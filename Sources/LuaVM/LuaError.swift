/// An error on its way into Lua or out of it.
public struct LuaError: Error, Sendable {
    public enum Kind: Sendable {
        /// Raised while code ran.
        case runtime
        /// The chunk does not compile.
        case syntax
        /// Not enough memory, or the script's limit was reached.
        case memory
    }

    public var kind: Kind
    /// The error value: a message, or an object.
    public var value: LuaValue
    /// How `tostring` shows the value.
    public var message: String
    /// "stack traceback:" and the user's lines, where the error came out of running code.
    public var traceback: String?
    /// Going into Lua: whether the position of the user's line is put before the message.
    public var wantsPosition = false

    /// A message that is raised with the position of the user's line before it, as Lua's own `error` does.
    public static func message(_ message: String) -> LuaError {
        LuaError(kind: .runtime, value: .text(message), message: message, wantsPosition: true)
    }

    /// An error object, or a message that is complete.
    public static func value(_ value: LuaValue, message: String) -> LuaError {
        LuaError(kind: .runtime, value: value, message: message)
    }

    /// Lua's complaint about a positional argument: "bad argument #1 to 'status' (string expected, got nil)".
    public static func badArgument(_ position: Int, of function: String, _ complaint: String) -> LuaError {
        .message("bad argument #\(position) to '\(function)' (\(complaint))")
    }
}

extension LuaError: CustomStringConvertible {
    public var description: String { message }
}
