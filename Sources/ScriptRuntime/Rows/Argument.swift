public import LuaVM
public import ScriptReference

/// The arguments that many script functions take.
public enum Argument {
    /// A string and nothing else: a number in a string's place is a slip.
    public static func string(_ name: String, _ summary: String) -> Parameter<String> {
        Parameter(name, .string, summary) { call, position, _ throws(LuaError) in
            guard call.type(position) == .string else {
                throw call.badArgument(position, "string expected, got \(call.type(position).rawValue)")
            }
            return try call.string(position)
        }
    }

    /// A string's bytes, or a number as Lua writes it.
    public static func bytes(_ name: String, _ summary: String) -> Parameter<[UInt8]> {
        Parameter(name, .string, summary) { call, position, _ throws(LuaError) in try call.bytes(position) }
    }

    /// A function, which the body takes off the call.
    public static func function(
        _ name: String, _ summary: String, type: ScriptType = .function
    ) -> Parameter<Void> {
        Parameter(name, type, summary) { call, position, _ throws(LuaError) in try call.requireFunction(position) }
    }

    /// Anything, as a copy.
    public static func value(
        _ name: String, _ summary: String, type: ScriptType = .any, isOptional: Bool = true
    ) -> Parameter<LuaValue> {
        Parameter(name, type, isOptional: isOptional, summary) { call, position, _ in call.value(position) }
    }

    /// A table of these options, which may be left out. A name that is none of them, or a value of another type, is
    /// `INVALID_OPTIONS`.
    public static func options(
        _ options: [OptionDescription], _ summary: String = ""
    ) -> Parameter<GivenOptions> {
        Parameter("options", .options(options), isOptional: true, summary) {
            call, position, function throws(LuaError) in
            try GivenOptions(call.value(position), of: function, known: options)
        }
    }

    /// Further arguments, which the body takes off the call.
    public static func rest(_ summary: String) -> Parameter<Void> {
        Parameter("...", .any, isOptional: true, summary) { _, _, _ in }
    }
}
