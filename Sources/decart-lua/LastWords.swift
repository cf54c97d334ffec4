import DecartModule
import JobJournal
import LiveDocument
import PlainErrors
import Synchronization

/// What a run prints at its very end, whichever way it ends: by itself, by `os.exit`, by a signal. From any thread,
/// even while the script is stuck.
struct LastWords: Sendable {
    let console: Console
    let renderers: Renderers
    let ledger: JobLedger
    /// Whether the jobs belong to a queue in this process and end with it.
    let isLocal: Bool
    let journal: Journal
    let limitEnd: RunLimitEnd
    /// Whether the jobs have been named.
    private let isTold = Flag()

    private final class Flag: Sendable {
        private let isSet = Mutex(false)

        /// Answers how it was before.
        func set() -> Bool {
            isSet.withLock { isSet in
                defer { isSet = true }
                return isSet
            }
        }
    }

    init(
        console: Console, renderers: Renderers, ledger: JobLedger, isLocal: Bool, journal: Journal,
        limitEnd: RunLimitEnd = RunLimitEnd()
    ) {
        self.console = console
        self.renderers = renderers
        self.ledger = ledger
        self.isLocal = isLocal
        self.journal = journal
        self.limitEnd = limitEnd
    }

    /// Whether there are, or may be, jobs to report.
    var hasJobs: Bool { !ledger.unfinished.isEmpty || ledger.submitsUnderWay > 0 }

    /// The script has ended. What C's streams hold is printed above the last state of the document, which stays.
    func scriptEnded() {
        Console.flush()
        renderers.close(.scriptEnded)
    }

    /// The process ends as soon as this returns.
    func processEnds(isSuccess: Bool) {
        renderers.close(.scriptEnded)
        // Before the page, which may take a moment to save what nobody has seen. A lost id is a lost job.
        unfinishedJobs()
        renderers.close(.processEnds(isSuccess: isSuccess))
        // What a submit was waiting for is unknown from here on, and the others' jobs are free.
        if journal.isRecording {
            ProcessEnd.finish { [journal] in await journal.finish(endedWell: isSuccess) }
        }
    }

    /// The command line that goes on with this run's jobs.
    private var resume: String {
        // What a key has found again is of another run: without a name, all that is open is meant.
        guard journal.settings.run.isNamed else { return "decart-lua resume\(place)" }
        return "decart-lua resume \(ShellWord.quoted(journal.settings.run.name))\(place)"
    }

    private var place: String {
        switch journal.settings.kind {
        case .named(let path): " --journal \(ShellWord.quoted(path))"
        case .standard, .memory, .off: ""
        }
    }

    /// Names the paid jobs whose end the run did not see, once, so that they are not lost.
    func unfinishedJobs() {
        guard !isLocal, !isTold.set() else { return }
        let submits = ledger.submitsUnderWay + ledger.submitsUnknown
        if submits > 0 {
            console.error(
                "the reply to \(submits == 1 ? "a submit" : "\(submits) submits") never came: there may be a job, and "
                    + "a bill, whose id is not known")
        }
        let jobs = ledger.unfinished
        guard !jobs.isEmpty else { return }
        console.unfinished(
            jobs.map { "\($0)" },
            advice: journal.isRecording
                ? "Go on with \(jobs.count == 1 ? "it" : "them"): \(resume)"
                : "Ask for one later with client.queue.status(id), and fetch it with client.queue.result(id).")
    }
}
