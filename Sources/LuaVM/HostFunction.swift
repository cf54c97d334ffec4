/// A function of the host's, before it is given to a script.
public struct HostFunction {
    /// What a call does. It reads its arguments from `call`, pushes results on it, and answers whether they are all
    /// there; or throws, which raises in the script.
    public typealias Body = (inout HostCall) throws(LuaError) -> HostAnswer

    public var name: String
    /// Whether it may answer `.waits`. Such a function is refused where Lua cannot suspend, before its body runs.
    public var mayWait: Bool
    public var body: Body

    public init(_ name: String, mayWait: Bool = false, body: @escaping Body) {
        self.name = name
        self.mayWait = mayWait
        self.body = body
    }
}

/// How a host function ends, if it does not throw.
public enum HostAnswer {
    /// The values pushed on the call are its results.
    case returns
    /// The task is suspended; the host continues it with `LuaVM.run`.
    case waits
}
