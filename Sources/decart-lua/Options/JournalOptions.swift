import JobJournal

/// What is said of a run's journal, and of what it may spend.
struct JournalOptions: Equatable {
    /// A file, or "off"; nil: the program's own.
    var place: String?
    var run: String?
    /// The run that is gone on with.
    var resumes: String?
    /// Of this run.
    var cap: Money?
    /// Of all runs of a day.
    var dayCap: Money?
    var writesSidecars = true

    /// - Parameter script: what a run without a name is called after.
    func run(of script: String, now: Int64) -> Journal.Run {
        if let resumes { return Journal.Run(name: resumes, isNamed: true, isResumed: true) }
        if let run { return Journal.Run(name: run, isNamed: true) }
        return Journal.Run(name: "\(script) \(UTC.text(now))", isNamed: false)
    }

    /// Goes on with the run of that name, whatever the options say; nil changes nothing.
    mutating func resume(_ name: String?) {
        guard let name else { return }
        resumes = name
        run = nil
    }

    static func dollars(_ text: String, _ option: String) throws(UsageError) -> Money {
        guard let amount = Money(typed: text) else {
            throw UsageError("'\(option)' must be dollars such as 5 or 0.50, not '\(text)'")
        }
        return amount
    }

    static func name(_ text: String, _ option: String) throws(UsageError) -> String {
        guard !text.isEmpty, text.utf8.count <= 200 else {
            throw UsageError("'\(option)' must be a name of 1 to 200 bytes")
        }
        return CommandWord.shown(text)
    }
}
