import Glibc
internal import LuaVM
internal import ScriptReference
internal import ScriptRuntime

/// `decart.env`.
enum EnvironmentBinding {
    static func function() -> ScriptFunction {
        ScriptFunction(
            "env", "The value of an environment variable.", Argument.bytes("name", "Which one."),
            Argument.value("default", "What it is where the variable is not set; nil unless given."),
            gives: [ResultDescription(.string, isOptional: true)]
        ) { call, name, standard throws(LuaError) in
            call.push(variable(name).map { .string($0) } ?? standard)
            return .returns
        }
    }

    /// The one way of a script to the environment, but for Lua's own `os.getenv`.
    private static func variable(_ name: [UInt8]) -> [UInt8]? {
        // To the system a name ends at its first NUL.
        guard !name.contains(0), let value = getenv(name.map { CChar(bitPattern: $0) } + [0]) else { return nil }
        return Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
    }
}
