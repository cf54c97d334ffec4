import ArgumentParser
import Foundation
import JobFleet
import JobJournal
import PlainErrors
import ScriptRuntime

/// `decart-lua work`: does jobs that were added to the journal's queue, beside as many others as like.
struct WorkCommand: JournalUser {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua work",
        abstract: "Do the jobs that wait in the journal's queue, alone or with other machines.",
        discussion: """
            Jobs come from 'decart-lua jobs add' and client.queue.enqueue. Each is submitted, polled, and saved in --to \
            under its key, or its id if it has none, never over another file. What a worker that died was polling, \
            another one goes on with.

            A script returns a function, which is called for each job in place of that, several at a time. It is given \
            a table: id, key, label, model, state, estimate, createdAt, jobId of one that was submitted already, and \
            inputs, which is what client.queue.submit and submitAndPoll take. It may submit the job and leave the rest \
            to the worker, which saves whatever is not saved when the function returns. A text that it returns is the \
            name of the result's file, without an ending. A job that it does not submit is refused.

            SIGTERM takes no more jobs, waits for the replies of submits that are under way, gives back what was not \
            sent, and exits with 0; Ctrl-C does the same and exits with 130. A second signal ends it at once. --once \
            exits with 0 if every job was fetched, and else with 1; it stops too where all that it takes comes back.
            """)

    @ArgumentParser.Argument(help: "A Lua file that returns a function, which is called for each job.")
    var script: String?
    @Option(help: ArgumentHelp("Have at most so many jobs at once.", valueName: "n"))
    var slots = 8
    @Option(help: ArgumentHelp("Only jobs with this label.", valueName: "label"))
    var label: String?
    @Flag(help: "Stop when there is nothing left to do.")
    var once = false
    @Option(help: ArgumentHelp("The folder for results; the present one unless given.", valueName: "dir"))
    var to: String?
    @Option(
        help: ArgumentHelp(
            "The folder below which jobs' files must lie; the present one unless given.", valueName: "dir"))
    var inputs: String?
    @Option(help: ArgumentHelp("Submit nothing that takes this worker above so much.", valueName: "dollars"))
    var cap: String?
    @Option(help: ArgumentHelp("Submit nothing that takes all runs of today above so much.", valueName: "dollars"))
    var capDay: String?
    @Flag(help: "Write no file of provenance beside a result.")
    var noSidecar = false
    @Option(help: ArgumentHelp("The journal; DECART_JOURNAL, or the program's own, unless given.", valueName: "file"))
    var journal: String?
    @Option(help: ArgumentHelp("Talk to this server.", valueName: "url"))
    var baseURL: String?

    func validate() throws {
        guard (1...10_000).contains(slots) else {
            throw ValidationError("--slots must be from 1 to 10000, not \(slots)")
        }
        // The script's path may be any bytes. These are compared with what jobs have in the journal, or stand in it.
        let texts = [("journal", journal), ("to", to), ("inputs", inputs), ("label", label), ("base-url", baseURL)]
        for case (let name, let text?) in texts where CommandWord.isOdd(text) {
            throw ValidationError(UsageError.oddWord("--\(name)", text).message)
        }
        for (name, amount) in [("cap", cap), ("cap-day", capDay)] {
            if let amount, Money(typed: amount) == nil {
                throw ValidationError("--\(name) must be dollars such as 5 or 0.50, not '\(amount)'")
            }
        }
    }

    var settings: Worker.Settings {
        var settings = Worker.Settings()
        settings.slots = slots
        settings.label = label
        settings.isOnce = once
        settings.inputs = inputs ?? "."
        settings.results = to ?? "."
        return settings
    }

    func perform() async throws -> Int32 {
        for folder in [settings.inputs, settings.results] {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                throw MessageError("there is no folder '\(folder)'")
            }
        }
        guard let script else {
            let access = try JournalAccess(
                given: journal, program: "work", runCap: cap.flatMap(Money.init(typed:)),
                dayCap: capDay.flatMap(Money.init(typed:)))
            return try await WorkRun(
                access: access, settings: settings, baseURL: baseURL, sidecars: !noSidecar
            ).run()
        }
        var options = try ScriptOptions(["decart-lua", "--", script])
        options.baseURL = baseURL
        options.journal.place = journal
        options.journal.cap = cap.flatMap(Money.init(typed:))
        options.journal.dayCap = capDay.flatMap(Money.init(typed:))
        options.journal.writesSidecars = !noSidecar
        options.words = CommandWord.all
        options.scriptIndex = options.words.lastIndex(of: script) ?? options.words.count
        let status = await ScriptRun(options: options, work: settings).run()
        // To be told to stop is no failure.
        return status.code == 128 + SIGTERM ? 0 : status.code
    }
}
