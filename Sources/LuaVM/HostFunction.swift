/// A function of the host's, before it is given to a script.
public struct HostFunction {
    /// What a call does. It reads its arguments from `call`, pushes results on it, and answers whether they are all
    /// there; or throws, which raises in the script.
    public typealias Body = (borrowing HostCall) throws(LuaError) -> Completion

    /// How a call ends, if it does not throw.
    public enum Completion {
        /// The values pushed on the call are its results.
        case returns
        /// The task is suspended; the host continues it with `LuaVM.run`.
        case waits
    }

    public var name: String
    /// Whether it may answer `.waits`. Such a function is refused where Lua cannot suspend, before its body runs.
    public var mayWait: Bool
    /// How many of its arguments the script does not count: 1 for a method, whose object comes first.
    public var hiddenArguments: Int
    public var body: Body

    public init(_ name: String, mayWait: Bool = false, hiddenArguments: Int = 0, body: @escaping Body) {
        self.name = name
        self.mayWait = mayWait
        self.hiddenArguments = hiddenArguments
        self.body = body
    }
}
