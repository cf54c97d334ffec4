import DecartAPI
import DecartClient
import DecartModule
import FoundationEssentials
import JobJournal
import PlainErrors
import PostgresJournal
import RunClock
import SQLiteJournal
import SeededNumbers

extension Journal {
    /// A journal at that place. Nothing is opened before it is used.
    ///
    /// - Parameter warn: tells the user, in a sentence without an end.
    static func at(
        _ location: JournalLocation, run: Run, runCap: Money? = nil, dayCap: Money? = nil, clock: any RunClock,
        chance: Chance? = nil, environment: RunEnvironment, warn: @escaping @Sendable (String) -> Void
    ) -> Journal {
        let session = JournalSession.ofProcess(
            run: run, program: "decart-lua \(ClientConfiguration.version)", now: Int64(clock.unixTime * 1000))
        let store: (any JournalStore)? =
            switch location {
            case .named(let path):
                SQLiteJournal.store(at: path, isDefault: false, session: session, clock: clock, warn: warn)
            case .standard(let path):
                SQLiteJournal.store(at: path, isDefault: true, session: session, clock: clock, warn: warn)
            case .database(let address):
                PostgresJournal.store(
                    at: address, session: session, clock: clock,
                    acceptedLog: StateFolder.path(environment).map { "\($0)/accepted.log" })
            case .memory: SQLiteJournal.inMemory(session: session, clock: clock)
            case .off: nil
            }
        var settings = Settings(
            kind: location.kind, run: run, runCap: runCap, dayCap: dayCap,
            prices: { .ofUser(environment, warn: warn) }, priceFile: PriceList.userFile(environment))
        if let chance { settings.random = { chance.bits() } }
        return Journal(settings: settings, store: store, clock: clock, warn: warn)
    }
}

extension Journal {
    /// The journal of a script's run.
    ///
    /// - Throws: for a place that is none.
    static func ofRun(
        _ options: ScriptOptions, clock: any RunClock, chance: Chance?, environment: RunEnvironment, console: Console
    ) throws(MessageError) -> Journal {
        let location = try JournalLocation.find(
            given: options.journal.place, environment: environment, isForJobsElsewhere: !options.isLocal)
        return Journal.at(
            location, run: options.journal.run(of: options.title, now: Int64(clock.unixTime * 1000)),
            runCap: options.journal.cap, dayCap: options.journal.dayCap, clock: clock, chance: chance,
            environment: environment, warn: { console.notice(Notice(kind: .warning, message: $0)) })
    }
}

extension PriceList {
    /// Where the user can say what jobs cost.
    static func userFile(_ environment: RunEnvironment) -> String {
        StateFolder.configuration(environment).map { "\($0)/prices.json" } ?? "prices.json"
    }

    /// The prices that this program knows, and the user's in place of them.
    static func ofUser(_ environment: RunEnvironment, warn: (String) -> Void) -> PriceList {
        var prices = PriceList.builtIn
        let file = userFile(environment)
        guard let data = FileManager.default.contents(atPath: file) else { return prices }
        do throws(DecartError) {
            prices.replace(with: try PriceList(json: Array(data), named: file))
        } catch {
            warn("\(error.message) The prices that this program knows are used instead")
        }
        return prices
    }
}
