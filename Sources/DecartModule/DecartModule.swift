public import DecartAPI
internal import DecartClient
internal import JobJournal
public import LiveDocument
public import LuaVM
public import RunClock
public import ScriptRuntime

/// The names that scripts see: `decart` with its clients, models, blobs, policies and the rest, and `document`.
///
/// It belongs to one runtime and is used on that runtime's actor only, like everything that touches Lua. What scripts
/// hold are ids; the bindings, one for each noun, know what they stand for.
public final class DecartModule {
    private let documents: DocumentBinding
    private let models: ModelBinding
    private let blobs: BlobBinding
    private let clients: ClientBinding
    private let queue: QueueBinding
    private let policies: PolicyBinding
    private let journal: JournalBinding
    private let data: DataBinding
    private let machine: MachineBinding

    /// - Parameters:
    ///   - transport: answers what carries the requests of all the script's clients; asked for each client.
    ///   - jobs: learns which jobs the run has submitted and not seen the end of.
    ///   - takesEvents: whether some renderer may deliver events, now or later. The run does not end then as long as an
    ///     element has a callback.
    ///   - shownVideos: where some renderer plays videos: what `displayVideo` has shown there instead of saving it. nil:
    ///     it saves them.
    ///   - note: says something to the person who runs the script.
    public init(
        settings: Settings, transport: @escaping @Sendable () throws(DecartError) -> any QueueTransport,
        clock: any RunClock, jobs: JobLedger, takesEvents: @escaping () -> Bool = { false },
        shownVideos: ShownVideos? = nil, note: @escaping @Sendable (Notice) -> Void
    ) {
        let document = DocumentBinding(takesEvents: takesEvents)
        let journal = settings.journal ?? .none(clock: clock)
        models = ModelBinding(isLocal: settings.isLocal, journal: journal, note: note)
        blobs = BlobBinding(
            clock: clock, files: settings.files, shownVideos: shownVideos, note: note, show: { document.show($0) })
        document.blobs = blobs
        data = DataBinding(hashes: HashBinding(blobs: blobs, clock: clock))
        machine = MachineBinding(
            files: FileBinding(clock: clock, guardian: settings.files),
            fetch: FetchBinding(transport: transport, clock: clock, blobs: blobs, guardian: settings.files))
        documents = document
        self.journal = JournalBinding(journal: journal, elsewhere: settings.runJournal)
        clients = ClientBinding(
            settings: settings, transport: transport, clock: clock, journal: journal, blobs: blobs,
            inputs: SubmissionInputs(blobs: blobs, models: models, guardian: settings.files), note: note)
        queue = QueueBinding(clients: clients, files: settings.files, jobs: jobs, clock: clock, note: note)
        policies = PolicyBinding(durations: settings.durations, chance: settings.chance, clock: clock, note: note)
    }

    /// The state of the script's UI.
    public var document: LiveDocument {
        get { documents.document }
        _modify { yield &documents.document }
    }

    /// The way of what people do in a renderer to the script; there once the module is installed.
    public var events: EventDelivery? { documents.events }

    /// Gives the module to a runtime whose prelude is loaded.
    public func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        try models.install(in: runtime)
        try blobs.install(in: runtime)
        try data.install(in: runtime)
        try machine.install(in: runtime)
        try policies.install(in: runtime)
        try journal.install(in: runtime)
        try queue.install(in: runtime)
        try clients.install(in: runtime)
        try documents.install(in: runtime)
    }
}
