import DecartAPI
import DecartModule
import JobFleet
import JobJournal
import LuaVM
import RunClock
import ScriptRuntime

/// The worker as `work.lua` has it: the next job, and what the script's function made of it.
struct WorkBinding {
    let worker: Worker
    /// What the run says of unfinished jobs at its end.
    let ledger: JobLedger

    /// The function that is given what the script returned, and works until there is nothing more to do.
    func install(in runtime: isolated ScriptRuntime) throws(LuaError) -> LuaReference {
        try runtime.loadModule(
            PackageResources.work_lua, name: "work", functions: [nextFunction(), endFunction(), pauseFunction()])
    }

    /// The table of the next job, or nil.
    private func nextFunction() -> ModuleFunction {
        ModuleFunction("next", mayWait: true) { [worker] _ in
            .waits(
                ModuleFunction.Operation { () -> Result<JobRow?, DecartError> in
                    do throws(DecartError) {
                        return .success(try await worker.next())
                    } catch {
                        return .failure(error)
                    }
                } conclude: { outcome in
                    switch outcome {
                    case .success(let row): .values([row.map(\.scriptTable) ?? .nil])
                    case .failure(let error): .error(LuaError(error))
                    }
                })
        }
    }

    /// id, what went wrong or nil, its code or nil, the name of the result's file or nil
    private func endFunction() -> ModuleFunction {
        ModuleFunction("ended", mayWait: true) { [worker, ledger] call throws(LuaError) in
            let id = try call.string(1)
            let error = call.value(2).text.map { words in
                DecartError(call.value(3).text.flatMap(DecartErrorCode.init(rawValue:)) ?? .invalidOptions, words)
            }
            let name = call.value(4).text
            return .waits(
                ModuleFunction.Operation { () -> JobRow? in
                    guard let row = worker.row(id) else { return nil }
                    do throws(DecartError) {
                        try await worker.complete(row, error: error, named: name)
                    } catch {
                        if error.code != .cancelled { Console().error("\(row.key ?? row.id): \(error)".onOneLine) }
                    }
                    return await worker.ended(row)
                } conclude: { row in
                    if let row, !row.state.isOpen, let id = row.jobID.flatMap({ try? JobID($0) }) { ledger.gone(id) }
                    return .values([])
                })
        }
    }

    /// Milliseconds between two polls of a job, at the least.
    private func pauseFunction() -> ModuleFunction {
        ModuleFunction("pause") { [worker] call throws(LuaError) in
            call.push(.number(worker.pause / .milliseconds(1)))
            return .returns
        }
    }
}

extension JobRow {
    /// What a script's function is given.
    fileprivate var scriptTable: LuaValue {
        var given = LuaTable()
        given["model"] = .text(model)
        given["row"] = .text(id)
        given["key"] = key.map { .text($0) } ?? .nil
        given["label"] = label.map { .text($0) } ?? .nil
        for (name, value) in inputValues { given[name] = LuaValue(value) }
        return .table(
            LuaTable(
                fields: [
                    ("id", .text(id)), ("state", .text(state.rawValue)), ("model", .text(model)),
                    ("key", key.map { .text($0) } ?? .nil), ("label", label.map { .text($0) } ?? .nil),
                    ("jobId", jobID.map { .text($0) } ?? .nil),
                    ("estimate", estimate.map { .number($0.dollars) } ?? .nil),
                    ("createdAt", .text(UTC.text(createdAt))), ("inputs", .table(given)),
                ].filter { $0.1 != .nil }))
    }
}

extension LuaValue {
    /// An input of a job as `submit` takes it.
    fileprivate init(_ value: InputValue) {
        switch value {
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .bytes(let bytes): self = .string(bytes)
        case .json(let json): self = LuaValue(json)
        case .file(.path(let path)): self = .string(path.bytes)
        case .file: self = .nil
        }
    }
}
