public import LuaVM
public import ScriptReference

/// An argument of a script function: what is to be known of it, and how it is read.
public struct Parameter<Value> {
    public let description: ParameterDescription
    /// Whether it is the object that a method is called on, which the script does not count.
    public let isReceiver: Bool
    /// Takes the value at a position of a call of the function named.
    let read: (borrowing HostCall, _ position: Int, _ function: String) throws(LuaError) -> Value

    public init(
        _ name: String, _ type: ScriptType, isOptional: Bool = false, _ summary: String = "",
        read: @escaping (borrowing HostCall, _ position: Int, _ function: String) throws(LuaError) -> Value
    ) {
        description = ParameterDescription(name, type, isOptional: isOptional, summary)
        isReceiver = false
        self.read = read
    }

    /// The object that a method is called on, by its id.
    public init(
        receiver kind: String,
        read: @escaping (borrowing HostCall, _ position: Int) throws(LuaError) -> Value
    ) {
        description = ParameterDescription(kind, .named(kind))
        isReceiver = true
        self.read = { call, position, _ throws(LuaError) in try read(call, position) }
    }

    /// Takes the value at a position of a call of a function that has no row.
    public func value(of call: borrowing HostCall, at position: Int) throws(LuaError) -> Value {
        try read(call, position, call.name)
    }

    /// The same, with the value made into another.
    public func map<Other>(
        _ make: @escaping (Value, borrowing HostCall, _ position: Int) throws(LuaError) -> Other
    ) -> Parameter<Other> {
        let read = read
        let description = description
        return Parameter<Other>(
            description.name, description.type, isOptional: description.isOptional, description.summary
        ) { call, position, function throws(LuaError) in
            try make(try read(call, position, function), call, position)
        }
    }

    /// The same, but it may be left out, or nil.
    public func optional() -> Parameter<Value?> {
        let read = read
        return Parameter<Value?>(description.name, description.type, isOptional: true, description.summary) {
            call, position, function throws(LuaError) in
            switch call.type(position) {
            case .none, .nil: nil
            default: try read(call, position, function)
            }
        }
    }
}
