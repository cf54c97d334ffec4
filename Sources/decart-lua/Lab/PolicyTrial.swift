import DecartAPI
import DecartClient
import DecartModule
import LuaVM
import NIOCore
import NIOPosix
import PollingLab
import ScriptRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One policy's file in the lab: a Lua of its own, in which `require("decart")` is there and the network is not.
struct PolicyTrial {
    let file: String
    let name: String
    let plan: LabPlan
    let jobs: LabJobs
    let group: MultiThreadedEventLoopGroup
    let progress: LabProgress

    /// Runs the policy through all the jobs.
    /// - Throws: why there is no result.
    func run() async throws(LabError) -> LabResult {
        let failures = LabFailures()
        let runtime: ScriptRuntime
        do throws(LuaError) {
            runtime = try ScriptRuntime(loop: group.next(), clock: LabClock()) { failures.add($0) }
        } catch {
            throw LabError(error.message)
        }
        return try await run(on: runtime, failures)
    }

    private func run(
        on runtime: isolated ScriptRuntime, _ failures: LabFailures
    ) async throws(LabError) -> LabResult {
        let watch = LabWatch()
        let driver = LabDriver(LabRun(plan, jobs: jobs, name: name), runtime, watch, progress)
        var settings = DecartModule.Settings(
            server: .local("http://lab.invalid"), environment: { [:] }, chance: Chance(seed: plan.seed))
        settings.durations = .never
        let module = DecartModule(
            settings: settings,
            transport: { () throws(DecartError) in
                throw DecartError(
                    .invalidOptions, "There is no service in the lab: a policy only answers when to look.")
            },
            clock: runtime.clock, jobs: JobLedger(), note: { Console().notice($0) })
        do throws(LuaError) {
            try runtime.loadPrelude()
            try module.install(in: runtime)
            let main = try runtime.loadModule(
                PackageResources.lab_lua, name: "lab", functions: [driver.next()],
                arguments: [.value(.text(file)), .value(.integer(Int64(bitPattern: plan.seed)))])
            let interrupter = runtime.makeInterrupter(message: "the policy does not answer")
            watch.start { Self.leave(interrupter) }
            _ = await runtime.run(main)
        } catch {
            failures.add(.failed(error, task: nil))
        }
        watch.stop()
        runtime.close()
        if let failure = failures.first { throw LabError(failure) }
        guard let result = driver.result else { throw LabError("\(file): the policy's file ended the run") }
        return result
    }

    /// Ends the process: the policy cannot be stopped where it is.
    private static func leave(_ interrupter: LuaInterrupter) {
        let place = interrupter.interrupt(.look).map { "\($0.line): " } ?? ""
        Console().error(
            "\(place)the policy has not answered for \(LabWatch.patience.components.seconds) s: it is inside one long "
                + "call of a library's, which cannot be interrupted; the lab ends")
        _exit(EXIT_FAILURE)
    }
}
