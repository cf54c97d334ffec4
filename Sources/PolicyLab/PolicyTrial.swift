public import DecartAPI
import DecartClient
public import DecartModule
import LearnedDurations
import LuaVM
public import NIOCore
public import PlainErrors
public import PollingLab
import RunClock
import ScriptRuntime
import SeededNumbers

/// One policy's file in the lab: a Lua of its own, in which `require("decart")` is there and the network is not.
public struct PolicyTrial: Sendable {
    let file: BytePath
    let name: String
    let plan: LabPlan
    let jobs: LabJobs
    let loop: any EventLoop
    private let walls: ScriptWalls?

    /// What a trial reports before it has a result. Each is called from any thread.
    public struct Listener: Sendable {
        /// How many of the jobs' waits are over.
        public var progress: @Sendable (_ over: Int) -> Void
        /// Warnings and the like from the policy's file.
        public var note: @Sendable (Notice) -> Void
        /// The policy is inside one long call that cannot be interrupted: the process has to end, with this message.
        public var stuck: @Sendable (_ message: String) -> Void

        public init(
            progress: @escaping @Sendable (_ over: Int) -> Void, note: @escaping @Sendable (Notice) -> Void,
            stuck: @escaping @Sendable (_ message: String) -> Void
        ) {
            self.progress = progress
            self.note = note
            self.stuck = stuck
        }
    }

    /// - Parameters:
    ///   - file: the path of a Lua file that returns a policy.
    ///   - name: what the policy is called in the result.
    ///   - loop: where its Lua runs.
    ///   - walls: around it; nil: it may do what its user may.
    public init(
        file: BytePath, name: String, plan: LabPlan, jobs: LabJobs, loop: any EventLoop, walls: ScriptWalls? = nil
    ) {
        self.walls = walls
        self.file = file
        self.name = name
        self.plan = plan
        self.jobs = jobs
        self.loop = loop
    }

    /// Runs the policy through all the jobs.
    /// - Throws: why there is no result.
    public func run(_ listener: Listener) async throws(MessageError) -> LabResult {
        let failures = LabFailures()
        let runtime: ScriptRuntime
        do throws(LuaError) {
            runtime = try ScriptRuntime(loop: loop, clock: LabClock()) { failures.add($0) }
        } catch {
            throw MessageError(error.message)
        }
        return try await run(on: runtime, failures, listener)
    }

    private func run(
        on runtime: isolated ScriptRuntime, _ failures: LabFailures, _ listener: Listener
    ) async throws(MessageError) -> LabResult {
        let watch = AnswerWatch()
        let driver = LabDriver(LabRun(plan, jobs: jobs, name: name), runtime, watch, listener.progress)
        var settings = DecartModule.Settings(
            server: .local("http://lab.invalid"), environment: { [:] }, chance: Chance(seed: plan.seed))
        settings.durations = .never
        settings.files = walls?.files
        let module = DecartModule(
            settings: settings,
            transport: { () throws(DecartError) in
                throw DecartError(
                    .invalidOptions, "There is no service in the lab: a policy only answers when to poll.")
            },
            clock: runtime.clock, jobs: JobLedger(), note: listener.note)
        do throws(LuaError) {
            try runtime.loadPrelude()
            try module.install(in: runtime)
            let main = try runtime.loadModule(
                PackageResources.lab_lua, name: "lab", functions: [driver.next()],
                arguments: [.value(.string(file.bytes)), .value(.integer(Int64(bitPattern: plan.seed)))])
            try walls?.install(runtime)
            let interrupter = runtime.makeInterrupter(message: "the policy does not answer")
            watch.start(
                place: { interrupter.interrupt(.look)?.line }, onStuck: { listener.stuck(Self.stuck(at: $0)) })
            _ = await runtime.run(main)
        } catch {
            failures.add(.failed(error, task: nil))
        }
        watch.stop()
        runtime.close()
        if let failure = failures.first { throw MessageError(failure) }
        guard let result = driver.result else { throw MessageError("\(file): the policy's file ended the run") }
        return result
    }

    private static func stuck(at place: String?) -> String {
        "\(place.map { "\($0): " } ?? "")the policy has not answered for \(AnswerWatch.patience.components.seconds) s: it "
            + "is inside one long call of a library's, which cannot be interrupted; the lab ends"
    }
}
