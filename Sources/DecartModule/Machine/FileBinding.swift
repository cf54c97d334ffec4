internal import DecartAPI
internal import DecartClient
internal import LuaVM
internal import RunClock
internal import ScriptReference
internal import ScriptRuntime

/// `decart.fs`: files and folders, without holding up other tasks.
struct FileBinding {
    let clock: any RunClock
    let guardian: (any FileGuard)?

    /// The most that `read` takes into memory, in bytes.
    private static let readLimit = 1 << 30

    static let names = ["read", "write", "append", "exists", "stat", "list", "mkdir", "remove", "rename"]

    func group() -> ScriptGroup {
        ScriptGroup(
            GroupDescription(
                "decart.fs", type: "FileSystem",
                "Files and folders. What cannot be done is `FILE_ERROR`, with the `path`."),
            [
                readFunction(), writeFunction(), appendFunction(), existsFunction(), statFunction(), listFunction(),
                mkdirFunction(), removeFunction(), renameFunction(),
            ])
    }

    static let factsRecord = RecordDescription(
        "FileFacts", "What is at a path.",
        fields: [
            FieldDescription(
                "type", .choice(["file", "directory", "other"]), "A symbolic link counts as what it leads to."),
            FieldDescription("size", .integer(unit: .bytes), "How many bytes."),
            FieldDescription(
                "modified", .number(unit: .milliseconds), "When it was last written to, counted from 1970."),
        ])

    // MARK: Rows

    private func readFunction() -> ScriptFunction {
        ScriptFunction(
            "read", "All bytes of a file.", Argument.path("path", "Which file."),
            gives: [ResultDescription(.string)], waits: true
        ) { [self] _, path throws(LuaError) in
            let asking = Asking(for: .read) { file throws(FileSystemError) in try file.read(limit: Self.readLimit) }
            return try access("read", path, asking: asking) { () throws(FileSystemError) in
                try FileSystem.read(path, limit: Self.readLimit)
            } gives: {
                [.string($0)]
            }
        }
    }

    private func writeFunction() -> ScriptFunction {
        ScriptFunction(
            "write", "Makes a file of these bytes; one that is there is replaced once the new one is whole.",
            Argument.path("path", "Where; the folder has to be there."), Self.content("What is in it."), waits: true
        ) { [self] _, path, bytes throws(LuaError) in
            let clock = clock
            let asking = Asking(for: .write) { file throws(FileSystemError) in try file.write(bytes) }
            return try whole("write", path, asking: asking) { () async throws(FileSystemError) in
                try await FileSystem.write(bytes, to: path, on: clock)
            } gives: {
                []
            }
        }
    }

    private func appendFunction() -> ScriptFunction {
        ScriptFunction(
            "append", "Adds bytes at the end of a file, which is made if it is not there.",
            Argument.path("path", "Which file; the folder has to be there."),
            Self.content("What is added."), waits: true
        ) { [self] _, path, bytes throws(LuaError) in
            let asking = Asking(for: .append) { file throws(FileSystemError) in try file.write(bytes) }
            return try access("write", path, asking: asking) { () throws(FileSystemError) in
                try FileSystem.append(bytes, to: path)
            } gives: {
                []
            }
        }
    }

    private func existsFunction() -> ScriptFunction {
        ScriptFunction(
            "exists", "Whether there is a file, a folder or anything else at a path.",
            Argument.path("path", "Where to look."), gives: [ResultDescription(.boolean)], waits: true
        ) { [self] _, path throws(LuaError) in
            try access("look at", path) { () throws(FileSystemError) in
                (try? FileSystem.facts(of: path)) != nil
            } gives: {
                [.boolean($0)]
            }
        }
    }

    private func statFunction() -> ScriptFunction {
        ScriptFunction(
            "stat", "What is at a path.", Argument.path("path", "Where to look."),
            gives: [ResultDescription(.named("FileFacts"))], waits: true
        ) { [self] _, path throws(LuaError) in
            try access("look at", path) { () throws(FileSystemError) in
                try FileSystem.facts(of: path)
            } gives: { facts in
                let fields: [(String, LuaValue)] = [
                    ("type", .text(facts.kind.rawValue)), ("size", .integer(Int64(facts.size))),
                    ("modified", .integer(Int64(facts.modified))),
                ]
                return [.table(LuaTable(fields: fields))]
            }
        }
    }

    private func listFunction() -> ScriptFunction {
        ScriptFunction(
            "list", "The names of what is in a folder, sorted.", Argument.path("path", "Which folder."),
            gives: [ResultDescription(.list(.string))], waits: true
        ) { [self] _, path throws(LuaError) in
            try access("list", path) { () throws(FileSystemError) in
                try FileSystem.names(in: path)
            } gives: {
                [.table(LuaTable(sequence: $0.map { .string($0) }))]
            }
        }
    }

    private func mkdirFunction() -> ScriptFunction {
        ScriptFunction(
            "mkdir", "Makes a folder and those above it; one that is there already is as good.",
            Argument.path("path", "Which folder."), waits: true
        ) { [self] _, path throws(LuaError) in
            try access("make the folder", path) { () throws(FileSystemError) in
                try FileSystem.makeFolder(path)
            } gives: {
                []
            }
        }
    }

    private func removeFunction() -> ScriptFunction {
        ScriptFunction(
            "remove", "Removes a file or an empty folder.", Argument.path("path", "Which one."),
            Argument.options([
                OptionDescription(
                    "recursive", .boolean, unlessGiven: "false",
                    "A folder with all that is in it; links are not followed.")
            ]), waits: true
        ) { [self] _, path, options throws(LuaError) in
            let recursive = options["recursive"].isTrue
            return try access("remove", path) { () throws(FileSystemError) in
                try FileSystem.remove(path, recursive: recursive)
            } gives: {
                []
            }
        }
    }

    private func renameFunction() -> ScriptFunction {
        ScriptFunction(
            "rename", "Gives a file or folder another name; a file of that name is replaced.",
            Argument.path("path", "Which one."), Argument.path("new", "Its new path, on the same file system."),
            waits: true
        ) { [self] _, path, new throws(LuaError) in
            try access("rename", path, and: new) { () throws(FileSystemError) in
                try FileSystem.rename(path, to: new)
            } gives: {
                []
            }
        }
    }

    private static func content(_ summary: String) -> Parameter<[UInt8]> {
        Parameter("bytes", .string, summary) { call, position, _ throws(LuaError) in
            guard call.objectIfAny(position)?.kind != "blob" else {
                throw call.badArgument(position, "string expected, got a Blob: blob:save(path) writes it to a file")
            }
            return try call.bytes(position)
        }
    }

    // MARK: Access

    /// What is done with a file that the user was asked about.
    private struct Asking<Value: Sendable>: Sendable {
        var opening: FileOpening
        var work: @Sendable (GivenFile) throws(FileSystemError) -> Value

        init(
            for opening: FileOpening, _ work: @escaping @Sendable (GivenFile) throws(FileSystemError) -> Value
        ) {
            self.opening = opening
            self.work = work
        }
    }

    private enum Trouble: Error {
        case refused(DecartError)
        case failed(FileSystemError)
    }

    /// The one way of a script to files: the work is done on a thread for it, and the script waits.
    ///
    /// - Parameters:
    ///   - purpose: after "cannot".
    ///   - other: a second path that is touched.
    ///   - asking: where the user may be asked; nil: what is not allowed is refused.
    private func access<Value: Sendable>(
        _ purpose: String, _ path: BytePath, and other: BytePath? = nil, asking: Asking<Value>? = nil,
        _ work: @escaping @Sendable () throws(FileSystemError) -> Value,
        gives results: @escaping (Value) -> [LuaValue]
    ) throws(LuaError) -> ModuleFunction.Completion {
        let clock = clock
        return try whole(purpose, path, and: other, asking: asking) { () async throws(FileSystemError) in
            try await FileWork.run(on: clock, work)
        } gives: {
            results($0)
        }
    }

    private func whole<Value: Sendable>(
        _ purpose: String, _ path: BytePath, and other: BytePath? = nil, asking: Asking<Value>? = nil,
        _ work: @escaping @Sendable () async throws(FileSystemError) -> Value,
        gives results: @escaping (Value) -> [LuaValue]
    ) throws(LuaError) -> ModuleFunction.Completion {
        let asks = asking != nil && guardian?.canAsk == true
        if !asks {
            try check(purpose, path)
            if let other { try check(purpose, other) }
        }
        let (guardian, clock) = (guardian, clock)
        return .waits(
            ModuleFunction.Operation { () async -> Result<Value, Trouble> in
                if asks, let asking, let guardian {
                    let asked = await Self.asked(asking, guardian, path, clock)
                    if let asked { return asked }
                }
                do throws(FileSystemError) {
                    return .success(try await work())
                } catch {
                    return .failure(.failed(error))
                }
            } conclude: { outcome in
                switch outcome {
                case .success(let value): .values(results(value))
                case .failure(.refused(let error)): .error(LuaError(error, path: path))
                case .failure(.failed(let error)):
                    .error(LuaError(Self.error(error, "decart.fs cannot \(purpose)", path, other), path: path))
                }
            })
    }

    private func check(_ purpose: String, _ path: BytePath) throws(LuaError) {
        let access: FileAccess = ["read", "look at", "list"].contains(purpose) ? .read : .write
        try raising { () throws(DecartError) in try guardian?.check(access, path) }
    }

    /// What comes of it where the user is asked; nil for a file that the script may touch anyhow.
    private static func asked<Value: Sendable>(
        _ asking: Asking<Value>, _ guardian: any FileGuard, _ path: BytePath, _ clock: any RunClock
    ) async -> Result<Value, Trouble>? {
        let given: GivenFile?
        do throws(DecartError) {
            given = try await guardian.given(asking.opening, path, on: clock)
        } catch {
            return .failure(.refused(error))
        }
        guard let given else { return nil }
        do throws(FileSystemError) {
            let work = asking.work
            return .success(
                try await FileWork.run(on: clock) { () throws(FileSystemError) in try work(given) })
        } catch {
            return .failure(.failed(error))
        }
    }

    private static func error(
        _ error: FileSystemError, _ purpose: String, _ path: BytePath, _ other: BytePath?
    ) -> DecartError {
        let target = other.map { " to \(Excerpt.quoted($0.bytes, limit: 200))" } ?? ""
        return DecartError(
            .fileError, "\(purpose) \(Excerpt.quoted(path.bytes, limit: 200))\(target): \(error.reason).",
            cause: error.reason)
    }
}
