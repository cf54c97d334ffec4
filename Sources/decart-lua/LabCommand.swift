import ArgumentParser
import DecartAPI
import DecartModule
import Foundation
import NIOPosix
import PlainErrors
import PolicyLab
import PollingLab

/// `decart-lua lab`: policies compared on simulated jobs.
struct LabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua lab",
        abstract: "Compare polling policies on simulated jobs.",
        discussion: """
            Each file returns a policy, function(poll), and goes by its name without .lua. All are given the same \
            jobs. A poll costs the service a request, the delay after a job's end costs you time: for any fixed \
            interval the product of the two is half a mean duration, and gain says how much less a policy's is.
            """)

    @Argument(
        help: ArgumentHelp("Lua files that return a policy.", valueName: "policy.lua"), transform: BytePath.init(word:))
    var files: [BytePath]
    @Option(help: ArgumentHelp("How many jobs count.", valueName: "n"))
    var jobs = 1000
    @Option(
        help: ArgumentHelp(
            "How many jobs to run before those without counting them, for policies that learn.", valueName: "n")
    )
    var warmUp = 0
    @Option(
        help: ArgumentHelp(
            """
            How long jobs take: fixed:60s, lognormal:60s,0.5 (median, sigma), uniform:0s,120s, exponential:60s, or \
            a CSV file of recorded ones; joined by + they are mixed, given again they come one after the other. \
            lognormal:60s,0.5 unless given.
            """, valueName: "durations"))
    var durations: [String] = []
    @Option(
        help: ArgumentHelp(
            """
            The mean time between submits, which come at random; 0s submits all at once. 1s unless given, or with \
            --concurrency what keeps the workers busy for four fifths of the time.
            """, valueName: "time"))
    var every: String?
    @Option(help: ArgumentHelp("How long a poll takes to be answered.", valueName: "time"))
    var latency = "0s"
    @Option(help: ArgumentHelp("The share of polls that are not answered, 0 to 1.", valueName: "share"))
    var faults = 0.0
    @Option(help: ArgumentHelp("How many jobs are worked on at a time; all unless given.", valueName: "n"))
    var concurrency: Int?
    @Option(help: ArgumentHelp("The seed of the jobs; each gives other jobs.", valueName: "n"))
    var seed: UInt64 = 1
    @Flag(help: "Print JSON.")
    var json = false
    @Option(
        help: ArgumentHelp("Write the comparison to this file, a page with a plot.", valueName: "file"),
        transform: BytePath.init(word:))
    var html: BytePath?

    @Flag(help: "Run the policies behind the walls of --sandbox: they may load Lua beside them, and nothing else.")
    var sandbox = false

    static let mostJobs = 10_000_000

    func validate() throws {
        guard !(sandbox && html != nil) else {
            throw ValidationError("--html cannot be had under --sandbox: nothing is written there")
        }
        guard (1...Self.mostJobs).contains(jobs) else {
            throw ValidationError("--jobs must be 1 to \(Self.mostJobs), not \(jobs)")
        }
        guard (0...Self.mostJobs).contains(warmUp) else {
            throw ValidationError("--warm-up must be 0 to \(Self.mostJobs), not \(warmUp)")
        }
        guard (0..<1).contains(faults) else {
            throw ValidationError("--faults must be from 0 up to, but not, 1; not \(faults)")
        }
        if let concurrency, concurrency < 1 {
            throw ValidationError("--concurrency must be 1 or more, not \(concurrency)")
        }
        if durations.count > jobs {
            throw ValidationError("--durations is given more often than there are jobs (--jobs)")
        }
    }

    /// As the keeper of a process that runs the policies behind walls.
    ///
    /// - Parameter words: the command line, after the subcommand.
    /// - Returns: the exit status.
    func keep(_ words: [String]) async -> Int32 {
        let recorded = durations.flatMap { $0.split(separator: "+") }.map { BytePath(word: String($0)) }
        do {
            return await (try KeeperRun(SandboxedCommand(.lab, words, scripts: files, others: recorded))).run()
        } catch {
            Console().error("\(error)")
            return EXIT_FAILURE
        }
    }

    /// Returns whether there is a comparison; prints why if not.
    ///
    /// - Parameter process: what this process is, if it runs the policies for a keeper.
    func run(in process: SandboxedProcess? = nil) async -> Bool {
        do {
            let plan = try plan()
            let jobs = LabJobs(plan)
            let report = LabReport(plan, jobs: jobs, labels: labels, results: try await results(plan, jobs, process))
            if let html {
                try await NewFile.write(report.html, to: html)
            }
            print(json ? try report.json() : report.text)
            Console.flush()
            return true
        } catch {
            Console().error("\(error)")
            return false
        }
    }

    private var labels: [String] { durations.isEmpty ? ["lognormal:60s,0.5"] : durations }

    private func plan() throws(MessageError) -> LabPlan {
        var kinds: [JobDurations] = []
        for label in labels {
            kinds.append(try JobDurations(label, read: Self.text))
        }
        var plan = LabPlan(
            jobs: jobs, warmUp: warmUp, durations: kinds, latency: try time("latency", latency), faults: faults,
            concurrency: concurrency, seed: seed)
        if let every {
            plan.every = try time("every", every)
        } else if let concurrency {
            plan.every = LabPlan.every(of: kinds, keepingBusy: concurrency)
        }
        return plan
    }

    /// What a file holds that was named on the command line; nil if it cannot be read as text.
    private static func text(of word: String) -> String? {
        guard let name = BytePath(word: word).cString, let stream = fopen(name, "re") else { return nil }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, stream)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return ferror(stream) == 0 ? String(validating: bytes, as: UTF8.self) : nil
    }

    private func time(_ option: String, _ text: String) throws(MessageError) -> Double {
        guard let time = TimeText.milliseconds(text), time >= 0, time <= TimeText.longest else {
            throw MessageError("--\(option) must be a time from 0 up such as 200ms or 2s, not '\(text)'.")
        }
        return time
    }

    private func results(
        _ plan: LabPlan, _ jobs: LabJobs, _ process: SandboxedProcess?
    ) async throws(MessageError) -> [LabResult] {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var results: [LabResult] = []
        for (file, name) in zip(files, PolicyName.names(of: files)) {
            let progress = LabProgress(name, jobs: plan.warmUp + plan.jobs)
            defer { progress.clear() }
            let trial = PolicyTrial(
                file: file, name: name, plan: plan, jobs: jobs, loop: group.next(),
                walls: process?.walls(file.folder))
            results.append(
                try await trial.run(
                    .init(
                        progress: { progress.show(over: $0) }, note: { Console().notice($0) },
                        stuck: { message in
                            Console().error(message)
                            ProcessEnd.now(EXIT_FAILURE)
                        })))
        }
        // The process is about to end, and its threads with it.
        return results
    }
}
