internal import LuaVM
internal import RunClock
internal import Subprocess
internal import SystemPackage

extension ScriptRuntime {
    func processFunctions() -> [HostFunction] {
        [
            HostFunction("exec", mayWait: true) { [self] call throws(LuaError) in
                let command = try ChildProcess(call)
                let clock = clock
                return try wait(call, for: Pending(work: {
                    clock.beginExternalWork()
                    defer { clock.endExternalWork() }
                    return await command.run()
                }, conclude: { $0 }))
            }
        ]
    }
}

/// A program to run, as `decart.exec` was given it.
private struct ChildProcess: Sendable {
    var program: String
    /// Each ends with a zero byte.
    var arguments: [[UInt8]]
    var input: [UInt8] = []
    var environment: [String: String?] = [:]
    var folder: String?

    /// Each of its output streams is kept up to this many bytes.
    static let outputLimit = 1 << 30

    init(_ call: borrowing HostCall) throws(LuaError) {
        guard case .table(let words) = call.value(1) else {
            throw .badArgument(
                1, of: call.name, "table of the program and its arguments expected, got \(call.type(1).rawValue)")
        }
        if let stray = words.entries.first(where: { $0.key.text != "n" }) {
            let key = stray.key.text ?? stray.key.double.map { "\($0)" } ?? stray.key.typeName.rawValue
            throw .badArgument(1, of: call.name, "the table is to be a list without holes; it has the key \(key)")
        }
        var strings: [[UInt8]] = []
        for (index, word) in words.sequence.enumerated() {
            switch word {
            case .string(let bytes) where bytes.contains(0):
                throw .badArgument(
                    1, of: call.name, "word \(index + 1) contains a zero byte, which no program can be given")
            case .string(let bytes): strings.append(bytes)
            case .integer(let number): strings.append(Array(String(number).utf8))
            case .number(let number): strings.append(Array(String(number).utf8))
            default:
                throw .badArgument(1, of: call.name, "word \(index + 1) is a \(word.typeName.rawValue), not a string")
            }
        }
        guard let first = strings.first, !first.isEmpty else {
            throw .badArgument(1, of: call.name, "the table names no program; its first word is the program to run")
        }
        program = String(decoding: first, as: UTF8.self)
        // Subprocess hands these to C as they are.
        arguments = strings.dropFirst().map { $0 + [0] }
        try readOptions(call)
    }

    private mutating func readOptions(_ call: borrowing HostCall) throws(LuaError) {
        guard call.type(2) != .none, call.type(2) != .nil else { return }
        guard case .table(let options) = call.value(2) else {
            throw .badArgument(2, of: call.name, "table expected, got \(call.type(2).rawValue)")
        }
        for entry in options.entries {
            switch (entry.key.text, entry.value) {
            case ("stdin", .string(let bytes)): input = bytes
            case ("cwd", .string): folder = entry.value.text
            case ("env", .table(let variables)):
                for variable in variables.entries {
                    guard let name = variable.key.text else { continue }
                    // false takes a variable away.
                    environment[name] = variable.value == .boolean(false) ? .some(nil) : Self.text(variable.value)
                }
            default:
                throw .badArgument(
                    2, of: call.name,
                    "option '\(entry.key.text ?? "?")' is unknown or a \(entry.value.typeName.rawValue); known are "
                        + "stdin (string), cwd (string) and env (table)")
            }
        }
    }

    private static func text(_ value: LuaValue) -> String? {
        switch value {
        case .integer(let integer): String(integer)
        case .number(let number): String(number)
        case .boolean(let boolean): String(boolean)
        default: value.text
        }
    }

    /// Runs it to its end; cancelling the Swift task ends the program: first politely, after a second for good.
    func run() async -> OperationResult {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        var keys: [Environment.Key: String?] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { keys[key] = value }
        }
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(arguments),
                environment: .inherit.updating(keys),
                workingDirectory: folder.map { FilePath($0) },
                platformOptions: options,
                input: .fileDescriptor(try InputFile.make(input), closeAfterSpawningProcess: true),
                output: .bytes(limit: Self.outputLimit),
                error: .bytes(limit: Self.outputLimit))
            let code: Int32 =
                switch result.terminationStatus {
                case .exited(let code): code
                case .signaled(let signal): 128 + signal
                }
            return .values([
                .table(
                    LuaTable(fields: [
                        ("code", .integer(Int64(code))), ("stdout", .string(result.standardOutput)),
                        ("stderr", .string(result.standardError)),
                    ]))
            ])
        } catch {
            return .error(.message("cannot run '\(program)': \(error)"))
        }
    }
}
