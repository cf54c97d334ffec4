import Glibc
internal import LuaVM
internal import RunClock
internal import ScriptReference
internal import Subprocess
internal import SystemPackage

extension ScriptRuntime {
    func execFunction() -> ScriptFunction {
        let command = Parameter<[[UInt8]]>(
            "command", .list(.string), "The program and its arguments; no shell is involved."
        ) {
            call, position, _ throws(LuaError) in try ChildProcess.words(call, position)
        }
        return ScriptFunction(
            "exec", "Runs a program to its end; other tasks go on meanwhile.", command,
            Argument.options([
                OptionDescription(
                    "stdin", .string, "What the program reads from its standard input; nothing unless given."),
                OptionDescription("cwd", .string, "The folder it runs in; the script's unless given."),
                OptionDescription(
                    "env", .table, "Variables by name that it has beside the script's own; `false` takes one away."),
            ]),
            gives: [ResultDescription(.named("ExecResult"))], waits: true,
            details:
                "A program that a signal ended has the code 128 and the signal's number. Cancelling ends it and all that it has started."
        ) { [self] call, words, options throws(LuaError) in
            let command = try ChildProcess(words, options, outputLimit: execOutputLimit)
            let clock = clock
            return .waits(
                ModuleFunction.Operation {
                    clock.beginExternalWork()
                    defer { clock.endExternalWork() }
                    return await command.run()
                } conclude: {
                    $0
                })
        }
    }

    static let execResult = RecordDescription(
        "ExecResult", "How a program ended.",
        fields: [
            FieldDescription("code", .integer, "Its exit status; 0 says that all went well."),
            FieldDescription("stdout", .string, "What it wrote to standard output."),
            FieldDescription("stderr", .string, "What it wrote to standard error."),
        ])
}

/// A program to run, as `decart.exec` was given it.
private struct ChildProcess: Sendable {
    var program: [UInt8]
    /// Each ends with a zero byte.
    var arguments: [[UInt8]]
    var input: [UInt8] = []
    var environment = ChildEnvironment()
    var folder: [UInt8]?

    /// Each of its output streams is kept up to this many bytes.
    let outputLimit: Int

    init(_ words: [[UInt8]], _ options: GivenOptions, outputLimit: Int) throws(LuaError) {
        self.outputLimit = outputLimit
        guard let first = words.first, !first.isEmpty else {
            throw .badArgument(1, of: "exec", "the table names no program; its first word is the program to run")
        }
        program = first
        // Subprocess hands these to C as they are.
        arguments = words.dropFirst().map { $0 + [0] }
        if case .string(let bytes) = options["stdin"] { input = bytes }
        if case .string(let bytes) = options["cwd"] { folder = bytes }
        guard case .table(let variables) = options["env"] else { return }
        for variable in variables.entries {
            guard case .string(let name) = variable.key, !name.isEmpty, !name.contains(UInt8(ascii: "=")) else {
                throw .invalidOptions("env of exec must be a table of variables by name.")
            }
            let value = variable.value == .boolean(false) ? nil : Self.bytes(variable.value)
            guard !name.contains(0), value?.contains(0) != true else {
                throw .invalidOptions("env of exec has a zero byte, which no program can be given.")
            }
            environment.changes[name] = .some(value)
        }
    }

    /// A list of strings and numbers as the bytes of words.
    static func words(_ call: borrowing HostCall, _ position: Int) throws(LuaError) -> [[UInt8]] {
        guard case .table(let words) = call.value(position) else {
            throw call.badArgument(
                position, "table of the program and its arguments expected, got \(call.type(position).rawValue)")
        }
        if let stray = words.entries.first(where: { $0.key.text != "n" }) {
            let key = stray.key.text ?? stray.key.double.map { "\($0)" } ?? stray.key.typeName.rawValue
            throw call.badArgument(position, "the table is to be a list without holes; it has the key \(key)")
        }
        var strings: [[UInt8]] = []
        for (index, word) in words.sequence.enumerated() {
            switch word {
            case .string(let bytes) where bytes.contains(0):
                throw call.badArgument(
                    position, "word \(index + 1) contains a zero byte, which no program can be given")
            case .string(let bytes): strings.append(bytes)
            case .integer(let number): strings.append(Array(String(number).utf8))
            case .number(let number): strings.append(Array(String(number).utf8))
            default:
                throw call.badArgument(position, "word \(index + 1) is a \(word.typeName.rawValue), not a string")
            }
        }
        return strings
    }

    private static func bytes(_ value: LuaValue) -> [UInt8]? {
        switch value {
        case .string(let bytes): bytes
        case .integer(let integer): Array(String(integer).utf8)
        case .number(let number): Array(String(number).utf8)
        case .boolean(let boolean): Array(String(boolean).utf8)
        default: nil
        }
    }

    /// Runs it to its end. Cancelling the Swift task ends it and all that it has started: first politely, after a
    /// second for good.
    func run() async -> OperationResult {
        guard !Task.isCancelled else { return .cancelled }
        let group = ProcessGroup()
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: ProcessGroup.grace)
        ]
        do {
            let place = try folder.map { try ReachablePath($0, options: .directory) }
            defer { place?.close() }
            // Along `PATH` only what is text: a name that is not is found by its path.
            let name = program.contains(UInt8(ascii: "/")) ? nil : String(validating: program, as: UTF8.self)
            let path = name == nil ? try ReachablePath(program) : nil
            defer { path?.close() }
            let result = try await Subprocess.run(
                path.map { .path($0.path) } ?? .name(name ?? ""),
                arguments: Arguments(executablePathOverride: program + [0], remainingValues: arguments),
                environment: .custom(environment.entries(inheriting: ChildEnvironment.inherited)),
                workingDirectory: place?.path,
                platformOptions: options,
                input: .fileDescriptor(try InputFile.make(input), closeAfterSpawningProcess: true),
                output: .bytes(limit: outputLimit),
                error: .bytes(limit: outputLimit)
            ) { execution in
                group.began(as: execution.processIdentifier.value)
            }
            await group.leaderEnded()
            guard !Task.isCancelled else { return .cancelled }
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
            await group.leaderEnded()
            guard !Task.isCancelled else { return .cancelled }
            let name = String(decoding: program, as: UTF8.self)
            if (error as? SubprocessError)?.code == .outputLimitExceeded {
                return .error(.message("'\(name)' was ended: it wrote more than \(outputLimit) bytes"))
            }
            let reason = "\(error)".replacing("Executable \"\(name)\"", with: "it")
            guard !group.hasBegun else {
                return .error(.message("'\(name)' was started, and may have done its work: \(reason)"))
            }
            return .error(.message("cannot run '\(name)': \(reason)"))
        }
    }
}

/// A path for Subprocess, which takes paths for text: what has another is reached by way of this process's own descriptor
/// of it.
private struct ReachablePath {
    let path: FilePath
    private let descriptor: FileDescriptor?

    init(_ bytes: [UInt8], options: FileDescriptor.OpenOptions = []) throws {
        if let text = String(validating: bytes, as: UTF8.self) {
            path = FilePath(text)
            descriptor = nil
            return
        }
        let odd = FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0])
        let descriptor = try FileDescriptor.open(odd, .readOnly, options: options.union(.closeOnExec))
        self.descriptor = descriptor
        path = FilePath("/proc/\(getpid())/fd/\(descriptor.rawValue)")
    }

    func close() {
        try? descriptor?.close()
    }
}
