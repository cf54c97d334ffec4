import Foundation
import LuaVM
import NIOCore
import RunClock
import ScriptRuntime
import Synchronization
import TestSupport
import Testing

/// Programs made by Lua/programs.lua do under the runtime what they do in the plain-Lua model of it, Lua/model.lua.
///
/// Another range is tried with DECART_LUA_SEEDS=first-last in the environment.
struct RandomProgramTests {
    private static let seedsAtOnce = 100

    private static var ranges: [ClosedRange<Int>] {
        let text = ProcessInfo.processInfo.environment["DECART_LUA_SEEDS"]
        let wanted = text?.split(separator: "-").compactMap { Int($0) }
        let (first, last) = if let wanted, wanted.count == 2 { (wanted[0], wanted[1]) } else { (1, 3000) }
        return stride(from: first, through: last, by: seedsAtOnce).map { $0...min($0 + seedsAtOnce - 1, last) }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ranges)
    func `a program's trace is that of the model`(_ seeds: ClosedRange<Int>) async throws {
        for seed in seeds {
            let (program, expected) = try Model.trace(seed: seed)
            let trace = try await RealRun.trace(of: program)
            guard trace != expected else { continue }
            let same = zip(trace, expected).prefix { $0 == $1 }.count
            Issue.record(
                """
                Seed \(seed) differs after \(same) lines.
                --- the runtime went on with
                \(trace.dropFirst(same).prefix(5).joined(separator: "\n"))
                --- the model with
                \(expected.dropFirst(same).prefix(5).joined(separator: "\n"))
                --- after
                \(trace.prefix(same).suffix(10).joined(separator: "\n"))
                --- the program
                \(program)
                """)
            return
        }
    }
}

/// The generator and the model, run on a machine that has no runtime.
private enum Model {
    static func trace(seed: Int) throws -> (program: String, trace: [String]) {
        let vm = try LuaVM()
        let program = try run("programs", .integer(Int64(seed)), on: vm)
        let trace = try run("model", .text(program), on: vm)
        return (program, trace.components(separatedBy: "\n"))
    }

    private static func run(_ name: String, _ argument: LuaValue, on vm: LuaVM) throws -> String {
        let chunk = try vm.load(try source(name), name: "@\(name).lua")
        return try #require(try vm.call(chunk, [.value(argument)]).first?.text)
    }

    private static func source(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Lua")
        return Array(try Data(contentsOf: folder.appending(path: "\(name).lua")))
    }
}

private enum RealRun {
    static func trace(of program: String) async throws -> [String] {
        let trace = Mutex<[String]>([])
        let note = { @Sendable (line: String) in trace.withLock { $0.append(line) } }
        let runtime = try ScriptRuntime(
            loop: ScriptLoop.next(), clock: VirtualClock(mode: .automatic)
        ) { report in
            switch report {
            case .failed(let error, _):
                // The model knows that a wait is refused, not how the place is called.
                note("failed " + error.message.replacing(/wait inside .*/, with: "wait inside a place"))
            case .deadlock(let tasks): note("deadlock of \(tasks.count)")
            case .stopped: note("stopped")
            }
        }
        let code = try await run(program, note, on: runtime)
        return trace.withLock { $0 } + ["status \(code)"]
    }

    private static func run(
        _ program: String, _ note: @escaping @Sendable (String) -> Void, on runtime: isolated ScriptRuntime
    ) async throws -> Int32 {
        try runtime.loadPrelude()
        let record = ModuleFunction("record") { call throws(LuaError) in
            note(try call.string(1))
            return .returns
        }
        try runtime.loadModule(
            Array("local core, host = ...; record = host.record; decart = core.decart".utf8), name: "harness",
            functions: [record])
        let code = await runtime.run(try runtime.compile(Array(program.utf8), name: "@program.lua")).code
        runtime.close()
        return code
    }
}
