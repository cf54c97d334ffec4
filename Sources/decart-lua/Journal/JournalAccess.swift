import ArgumentParser
import DecartAPI
import DecartClient
import FoundationEssentials
import Glibc
import JobJournal
import JournaledClient
import PlainErrors
import RunClock

/// What the commands that read the journal have in common.
struct JournalAccess: Sendable {
    let location: JournalLocation
    let journal: Journal
    let clock = SystemClock()
    private let environment: RunEnvironment

    /// - Parameter given: `--journal`.
    init(given: String?, program: String, runCap: Money? = nil, dayCap: Money? = nil) throws(MessageError) {
        environment = .process
        location = try JournalLocation.find(given: given, environment: environment)
        guard location != .off else {
            throw MessageError(
                given == "off"
                    ? "there is no journal to read: --journal is off"
                    : "there is no journal to read: DECART_JOURNAL is off, or there is no home folder. Name one with "
                        + "--journal FILE")
        }
        if case .named(let path) = location, !Self.hasFolder(path) {
            throw MessageError("there is no journal \(path): its folder does not exist")
        }
        let clock = clock
        journal = Journal.at(
            location, run: Journal.Run(name: "\(program) \(UTC.text(Int64(clock.unixTime * 1000)))", isNamed: false),
            runCap: runCap, dayCap: dayCap, clock: clock, environment: environment, warn: { Console().error($0) })
    }

    private static func hasFolder(_ path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return true }
        return access(String(path[...slash]), F_OK) == 0
    }

    /// Whether there is anything to read. One that was never written is not made for being read.
    var exists: Bool { location.exists }

    /// As it is shown.
    var path: String { location.name }

    /// Gives `body` a client of the server that the options and the environment name, for as long as it runs: a
    /// transport that is not shut down, whatever went wrong, takes the process down with it.
    func withClient<Value>(
        baseURL: String?, sidecars: Bool = true, _ body: (JournaledClient) async throws -> Value
    ) async throws -> Value {
        let configuration = try ClientConfiguration.resolve(
            ClientOptions(), environment: environment.all, server: baseURL.map { .baseURL($0) })
        let transport = HTTPTransport(clock: clock, configuration: try .fromEnvironment(environment.all))
        var client = JournaledClient(
            DecartClient(configuration: configuration, transport: transport, clock: clock), journal: journal,
            clock: clock)
        client.writesSidecars = sidecars
        do {
            let value = try await body(client)
            await transport.shutdown()
            return value
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// The one job that `name` means: the beginning of an id, or a key.
    func job(_ name: String) async throws -> JobRow {
        guard exists else { throw MessageError("there is no job '\(name)': the journal \(path) is empty") }
        let found = try await journal.jobs(.named(name))
        let exact = found.filter { $0.id == name || $0.jobID == name || $0.key == name }
        guard let job = exact.first ?? found.first else {
            throw MessageError("there is no job '\(name)'; 'decart-lua jobs' lists them")
        }
        // Of jobs that a test server has given one id the newest is meant. Keys of two servers are two jobs.
        let keyed = exact.filter { $0.key == name }
        guard keyed.count < 2 else {
            let ids = keyed.prefix(5).map { "\($0.id) of \($0.server)" }.joined(separator: ", ")
            throw MessageError("'\(name)' is the key of \(keyed.count) jobs; say which by its id: \(ids)")
        }
        guard found.count == 1 || !exact.isEmpty else {
            let ids = found.prefix(5).map(\.id).joined(separator: ", ")
            throw MessageError("'\(name)' is the beginning of \(found.count) jobs' ids: \(ids)")
        }
        return job
    }
}

/// A command that reads or writes the journal.
protocol JournalUser: ParsableCommand {
    func perform() async throws -> Int32
}

extension JournalUser {
    /// - Returns: the exit status.
    func execute() async -> Int32 {
        do {
            return try await perform()
        } catch let error as DecartError {
            Console().error("\(error)")
        } catch let error as MessageError {
            Console().error(error.message)
        } catch {
            Console().error("\(error)")
        }
        return 1
    }
}
