import ArgumentParser
import DecartAPI
import Glibc
import LocalQueue
import Logging
import PlainErrors
import ScriptedQueue
import ServiceLifecycle

/// `decart-lua serve`: the local queue as a server of its own.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua serve",
        abstract: "Serve Decart's queue API on this machine, for any client.",
        discussion: "Prints its address when it is ready, and serves until Ctrl-C.")

    @Option(help: "The address to listen on; by default only this machine can reach the queue.")
    var host = "127.0.0.1"
    @Option(help: "The port; 0 takes a free one.")
    var port = 0
    @Option(
        help: ArgumentHelp(
            "Keep jobs, stored files and tokens in this SQLite file, across restarts.", valueName: "file"))
    var db: String?
    @Option(help: ArgumentHelp("How long a job waits before it takes a worker.", valueName: "ms"))
    var pending: Double = 1500
    @Option(help: ArgumentHelp("How long a worker needs for a job.", valueName: "ms"))
    var processing: Double = 4000
    @Option(help: ArgumentHelp("The share of jobs that fail, from 0 to 1.", valueName: "share"))
    var failRate: Double = 0
    @Option(help: ArgumentHelp("How long after its end a job is forgotten; by default never.", valueName: "ms"))
    var expireAfter: Double?
    @Option(help: ArgumentHelp("How long every reply is held back.", valueName: "ms"))
    var latency: Double = 0
    @Option(help: ArgumentHelp("How many jobs are worked on at a time.", valueName: "n"))
    var concurrency = 4
    @Option(
        help: ArgumentHelp(
            "The key that requests have to carry; without this option any key will do.", valueName: "key"))
    var apiKey: String?
    @Option(help: ArgumentHelp("Make ids and failures the same in every run.", valueName: "n"))
    var seed: UInt64?
    @Option(help: ArgumentHelp("Cut every download after so many bytes, to try out resuming.", valueName: "bytes"))
    var cutAfter: Int?
    @Option(
        help: ArgumentHelp("Let this Lua file decide what happens to each job.", valueName: "file"),
        transform: BytePath.init(word:))
    var scenario: BytePath?
    @Option(
        help: ArgumentHelp(
            "Let browser pages of this origin, such as http://localhost:3000, use the queue; * stands for every origin.",
            valueName: "origin"))
    var cors: [String] = []
    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "warning"

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be 0 to 65535, not \(port)") }
        guard (0...1).contains(failRate) else { throw ValidationError("--fail-rate must be 0 to 1, not \(failRate)") }
        guard concurrency >= 1 else { throw ValidationError("--concurrency must be 1 or more, not \(concurrency)") }
        for (name, value) in [("pending", pending), ("processing", processing), ("latency", latency)] {
            guard value >= 0, value.isFinite else {
                throw ValidationError("--\(name) must be milliseconds from 0 up, not \(value)")
            }
        }
        if let expireAfter, !(expireAfter >= 0 && expireAfter.isFinite) {
            throw ValidationError("--expire-after must be milliseconds from 0 up, not \(expireAfter)")
        }
        if let cutAfter, cutAfter < 1 { throw ValidationError("--cut-after must be 1 or more, not \(cutAfter)") }
        if let db, CommandWord.isOdd(db) {
            throw ValidationError(UsageError.oddPath("--db", db).message)
        }
        do throws(MessageError) {
            _ = try CORSPolicy(cors)
        } catch {
            throw ValidationError("--cors: \(error.message)")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError(
                "--log-level has no level '\(logLevel)'; take trace, debug, info, notice, warning, error or critical")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "decart-lua.queue")
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .warning
        var settings = QueueSettings(
            pending: .milliseconds(pending), processing: .milliseconds(processing), concurrency: concurrency,
            failRate: failRate, expireAfter: expireAfter.map { .milliseconds($0) }, seed: seed,
            cutAfter: cutAfter)
        if let scenario {
            do throws(MessageError) {
                let scenario = try Scenario(path: scenario.bytes, seed: seed)
                settings.planner = { scenario.answer(to: $0) }
            } catch {
                throw ValidationError(error.message)
            }
        }
        var configuration = LocalQueueServer.Configuration(
            host: host, port: port, database: db, settings: settings, latency: .milliseconds(latency), apiKey: apiKey)
        configuration.cors = try CORSPolicy(cors)
        let host = host
        let server = LocalQueueServer(configuration: configuration, logger: logger) { port in
            print("http://\(host):\(port)")
            Console.flush()
        }
        let services = ServiceGroup(services: [server], logger: logger.ofServices)
        _ = StopSignals { _ in
            Task { await services.triggerGracefulShutdown() }
        } leave: { signal in
            ProcessEnd.now(128 + signal)
        }
        do {
            try await services.run()
        } catch {
            let address = ListenFailure.message(
                error, host: self.host, hostOption: "--host", port: port, portOption: "--port")
            throw address.map { MessageError($0) } ?? error
        }
    }
}
