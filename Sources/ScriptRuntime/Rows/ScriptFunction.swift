public import LuaVM
public import ScriptReference

/// A function that scripts can call, as one row: its name, what it takes and gives, one sentence about it, and its body.
///
/// Everything else about it is derived from the row: the checks of its arguments and options, help, completion, the
/// types that editors read, the reference.
public struct ScriptFunction {
    public let description: FunctionDescription
    /// What the host's own Lua is given under that name; nil for a function that is itself written in Lua.
    let primitive: ModuleFunction?
    /// The position of the table of options that a `signal` is taken out of, counted as the script does.
    let signalPosition: Int?

    /// A row whose body is Swift. The body is given its arguments as values, checked and converted.
    ///
    /// - Parameters:
    ///   - summary: what it does, in one sentence.
    ///   - parameters: in order; the object of a method comes first, as `Parameter(receiver:)`. `Argument` has the common
    ///     ones.
    ///   - waits: whether the task that calls it waits; such a function cannot be called where Lua cannot suspend.
    ///   - signalAt: the argument, counted from 1, that is a table in which there may be a `signal`; the one whose options
    ///     have one unless given.
    public init<each Value>(
        _ name: String, _ summary: String, _ parameters: repeat Parameter<each Value>,
        gives results: [ResultDescription] = [], waits: Bool = false, signalAt: Int? = nil, details: String = "",
        body: @escaping (borrowing HostCall, repeat each Value) throws(LuaError) -> ModuleFunction.Completion
    ) {
        var described: [ParameterDescription] = []
        var hidden = 0
        for parameter in repeat each parameters {
            if parameter.isReceiver { hidden += 1 } else { described.append(parameter.description) }
        }
        description = FunctionDescription(name, described, results, summary, details: details, waits: waits)
        signalPosition = signalAt ?? Self.signalPosition(in: described)
        let function = name
        primitive = ModuleFunction(name, mayWait: waits, hiddenArguments: hidden) { call throws(LuaError) in
            var position = 0
            func next<Next>(_ parameter: Parameter<Next>, _ call: borrowing HostCall) throws(LuaError) -> Next {
                position += 1
                return try parameter.read(call, position, function)
            }
            let values: (repeat each Value) = (repeat try next(each parameters, call))
            return try body(call, repeat each values)
        }
    }

    /// A row whose body takes its arguments off the call itself: for what is called so often that reading them by way of
    /// the parameters would show.
    ///
    /// - Parameter hidden: how many of the call's arguments come before those described.
    public init(
        _ name: String, _ summary: String, reading parameters: [ParameterDescription], hidden: Int,
        gives results: [ResultDescription] = [], waits: Bool = false, details: String = "",
        body: @escaping ModuleFunction.Body
    ) {
        description = FunctionDescription(name, parameters, results, summary, details: details, waits: waits)
        signalPosition = Self.signalPosition(in: parameters)
        primitive = ModuleFunction(name, mayWait: waits, hiddenArguments: hidden, body: body)
    }

    private init(_ description: FunctionDescription, signalAt: Int?) {
        self.description = description
        primitive = nil
        signalPosition = signalAt ?? Self.signalPosition(in: description.parameters)
    }

    /// A row whose body is in the host's own Lua, which checks its arguments; its options it may have checked with
    /// `core.options`.
    public static func inLua(
        _ name: String, _ summary: String, _ parameters: [ParameterDescription] = [],
        gives results: [ResultDescription] = [], waits: Bool = false, signalAt: Int? = nil, details: String = ""
    ) -> ScriptFunction {
        ScriptFunction(
            FunctionDescription(name, parameters, results, summary, details: details, waits: waits), signalAt: signalAt)
    }

    private static func signalPosition(in parameters: [ParameterDescription]) -> Int? {
        let index = parameters.firstIndex { parameter in
            if case .options(let options) = parameter.type { options.contains { $0.type == .signal } } else { false }
        }
        return index.map { $0 + 1 }
    }
}

/// Rows that belong together: a namespace, or the methods of a kind of object.
public struct ScriptGroup {
    /// Of the group, without its functions and fields.
    let description: GroupDescription
    public let functions: [ScriptFunction]
    private let fields: () -> [FieldDescription]

    /// - Parameters:
    ///   - description: of the group; what the functions say of themselves belongs to it.
    ///   - fields: further ones, made when somebody asks.
    public init(
        _ description: GroupDescription, _ functions: [ScriptFunction],
        fields: @escaping () -> [FieldDescription] = { [] }
    ) {
        self.description = description
        self.functions = functions
        self.fields = fields
    }

    /// All there is to say of the group.
    var whole: GroupDescription {
        var whole = description
        whole.fields += fields()
        whole.functions += functions.map(\.description)
        return whole
    }

    var primitives: [ModuleFunction] { functions.compactMap(\.primitive) }
}
