public import LocalQueue
public import LuaVM
public import PlainErrors
import Synchronization

/// A scenario: a Lua file that returns a function from a submitted job to its timetable.
///
/// It runs in a Lua machine of its own, separate from the script's, for one submit at a time. Its memory and instructions
/// are limited, so that a scenario that never ends does not block the queue.
public final class Scenario: Sendable {
    /// @unchecked: a machine may be used from any thread, one at a time, and it is used under the lock only.
    private struct Machine: @unchecked Sendable {
        var vm: LuaVM
        var ask: LuaReference
    }

    /// Bytes.
    private static let memory = 256 << 20

    private let machine: Mutex<Machine>
    /// Where the function is, such as "scenario.lua:3".
    public let place: String

    /// - Parameters:
    ///   - path: the file; its bytes need not be text.
    ///   - seed: makes the scenario's `math.random` repeatable; nil: a random seed.
    /// - Throws: a message that names the file and the line.
    public init(path: [UInt8], seed: UInt64? = nil) throws(MessageError) {
        do throws(LuaError) {
            let vm = try LuaVM()
            let loader = try vm.load(PackageResources.scenario_lua, name: "=[decart-lua] scenario")
            let folder = path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[...$0]) } ?? Array("./".utf8)
            vm.limitMemory(to: Self.memory)
            let ask = try vm.callKeeping(
                loader,
                [
                    .functions([]), .value(.string(path)), .value(.string(folder)),
                    .value(seed.map { .integer(Int64(bitPattern: $0)) } ?? .nil),
                ])
            place = try vm.call(ask).first?.text ?? String(decoding: path, as: UTF8.self)
            machine = Mutex(Machine(vm: vm, ask: ask))
        } catch {
            throw MessageError(error.message)
        }
    }

    public convenience init(path: String, seed: UInt64? = nil) throws(MessageError) {
        try self.init(path: Array(path.utf8), seed: seed)
    }

    /// What the scenario decides about a submit.
    public func answer(to job: SubmittedJob) -> SubmitAnswer {
        do throws(MessageError) {
            return try Timetable.answer(from: try ask(job))
        } catch {
            return .plannerFailed(
                "\(place): the scenario's answer to submit \(job.number) cannot be used: \(error.message)")
        }
    }

    private func ask(_ job: SubmittedJob) throws(MessageError) -> LuaValue {
        let asked = machine.withLock { machine -> Result<LuaValue, MessageError> in
            do throws(LuaError) {
                return .success(try machine.vm.call(machine.ask, [.value(LuaValue(job))]).first ?? .nil)
            } catch {
                return .failure(MessageError(error.message))
            }
        }
        return try asked.get()
    }
}

extension LuaValue {
    /// A submit as Lua sees it: `{ number, model, inputs, files, time }`.
    public init(_ job: SubmittedJob) {
        let inputs = job.inputs.map { ($0.name, LuaValue.string($0.value)) }
        let files = job.files.map { file in
            var fields: [(String, LuaValue)] = [("type", .text(file.type)), ("size", .integer(Int64(file.size)))]
            if let name = file.name { fields.append(("name", .text(name))) }
            return (file.field, LuaValue.table(LuaTable(fields: fields)))
        }
        self = .table(
            LuaTable(fields: [
                ("number", .integer(Int64(job.number))), ("model", .text(job.model)),
                ("inputs", .table(LuaTable(fields: inputs))), ("files", .table(LuaTable(fields: files))),
                ("time", .integer(job.time)),
            ]))
    }
}
