import DecartAPI
import DecartClient
import DecartModule
import LuaVM
import NIOCore
import NIOPosix
import PlainErrors
import RunClock
import ScriptReference
import ScriptRuntime
import ScriptTesting

/// Everything that scripts see, from the rows of everything that a run loads.
enum FullReference {
    /// - Throws: a memory error.
    static func make() async throws -> ScriptReference {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let runtime = try ScriptRuntime(loop: group.next()) { _ in }
        var reference = try await load(in: runtime)
        for group in TestRows.groups { reference.add(group) }
        try await group.shutdownGracefully()
        return reference
    }

    private static func load(in runtime: isolated ScriptRuntime) throws(LuaError) -> ScriptReference {
        try runtime.loadPrelude()
        let module = DecartModule(
            settings: DecartModule.Settings(environment: { [:] }),
            transport: { () throws(DecartError) in throw DecartError(.invalidOptions, "Nothing is sent from here.") },
            clock: runtime.clock, jobs: JobLedger(), note: { _ in })
        try module.install(in: runtime)
        let reference = runtime.reference
        runtime.close()
        return reference
    }
}
