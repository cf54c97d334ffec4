import ArgumentParser

/// `decart-lua resume`: goes on with what a run left behind.
struct ResumeCommand: JournalUser {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua resume",
        abstract: "Wait for the jobs that earlier runs left behind, and save their results.",
        discussion: """
            Nothing is submitted and no input is needed any more. A result goes where its script wanted it, else to \
            --to or the present folder under its job's id; never over another file. Exits with 0 if everything was \
            fetched, 1 if a job failed or has expired, 130 after Ctrl-C.
            """)

    @Argument(help: "Only this run's jobs.")
    var run: String?
    @Option(help: ArgumentHelp("The folder for results whose script gave no path.", valueName: "dir"))
    var to: String?
    @Flag(help: "Write no file of provenance beside a result.")
    var noSidecar = false
    @Option(help: ArgumentHelp("The journal; DECART_JOURNAL, or the program's own, unless given.", valueName: "file"))
    var journal: String?
    @Option(help: ArgumentHelp("Talk to this server.", valueName: "url"))
    var baseURL: String?

    func perform() async throws -> Int32 {
        let access = try JournalAccess(given: journal, program: "resume")
        return try await RecoveryRun(access: access, baseURL: baseURL, folder: to, sidecars: !noSidecar).run(run: run)
    }
}
