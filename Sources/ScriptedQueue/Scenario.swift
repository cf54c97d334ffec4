public import LocalQueue
public import LuaVM
import Synchronization

/// A scenario: a Lua file that returns a function from a submitted job to its timetable.
///
/// It runs in a machine of its own, which knows nothing of the script's, one submit at a time, and is bounded in memory
/// and in instructions, so that a scenario that never ends does not take the queue with it.
public final class Scenario: Sendable {
    /// @unchecked: a machine may be used from any thread, by one at a time; it is used under the lock only.
    private struct Machine: @unchecked Sendable {
        var vm: LuaVM
        var ask: LuaReference
    }

    /// Bytes.
    private static let memory = 256 << 20

    private let machine: Mutex<Machine>
    /// "scenario.lua:3", where the function is.
    public let place: String

    /// - Parameters:
    ///   - path: the file.
    ///   - seed: makes the scenario's `math.random` the same in every run; nil: a new one.
    /// - Throws: a message that names the file and the line.
    public init(path: String, seed: UInt64? = nil) throws(TimetableProblem) {
        do throws(LuaError) {
            let vm = try LuaVM()
            let loader = try vm.load(PackageResources.scenario_lua, name: "=[decart-lua] scenario")
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
            vm.limitMemory(to: Self.memory)
            let ask = try vm.callKeeping(
                loader,
                [
                    .functions([]), .value(.text(path)), .value(.text(folder)),
                    .value(seed.map { .integer(Int64(bitPattern: $0)) } ?? .nil),
                ])
            place = try vm.call(ask).first?.text ?? path
            machine = Mutex(Machine(vm: vm, ask: ask))
        } catch {
            throw TimetableProblem(error.message)
        }
    }

    /// What the scenario makes of a submit.
    public func answer(to job: SubmittedJob) -> SubmitAnswer {
        do throws(TimetableProblem) {
            return try Timetable.answer(from: try ask(job))
        } catch {
            return .broken("\(place): the scenario's answer to submit \(job.number) cannot be used: \(error.message)")
        }
    }

    private func ask(_ job: SubmittedJob) throws(TimetableProblem) -> LuaValue {
        let asked = machine.withLock { machine -> Result<LuaValue, TimetableProblem> in
            do throws(LuaError) {
                return .success(try machine.vm.call(machine.ask, [.value(LuaValue(job))]).first ?? .nil)
            } catch {
                return .failure(TimetableProblem(error.message))
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
