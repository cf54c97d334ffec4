public import DecartAPI
public import DecartClient
public import LiveDocument
public import LuaVM
public import RunClock
public import ScriptRuntime

/// The names that scripts see: `decart` with its clients, models and blobs, and `document`.
///
/// It belongs to one runtime and is used on that runtime's actor only, like everything that touches Lua. What scripts
/// hold are ids; the tables here say what they stand for.
public final class DecartModule {
    /// What the command decided for the whole run.
    public struct Settings: Sendable {
        /// The choice of server that goes before a script's own.
        public var server: ServerOverride?
        /// Read when the first client is made: a script without one does not wait for it.
        public var environment: @Sendable () -> [String: String]
        public var chance: Chance
        /// Where `decart.policy.learned` keeps durations from run to run.
        public var durations = KeptDurations.onlyIfAsked
        /// Whether the queue is on this machine: then nothing is said of deprecated models.
        public var isLocal: Bool { if case .local? = server { true } else { false } }

        public init(
            server: ServerOverride? = nil, environment: @escaping @Sendable () -> [String: String],
            chance: Chance = Chance()
        ) {
            self.server = server
            self.environment = environment
            self.chance = chance
        }
    }

    let settings: Settings
    let transport: @Sendable () throws(DecartError) -> any QueueTransport
    let clock: any RunClock
    let note: @Sendable (Notice) -> Void

    /// The runtime's.
    private(set) var executor: (any TaskExecutor)?
    var clients: [DecartClient] = []
    /// How many looks of a client's are under way at a time: twice what the network takes, so that the next is ready.
    private static let looksAtATime = 128
    /// By the clients' numbers.
    var looks: [OperationGate] = []
    var blobs: [Int: HeldBlob] = [:]

    /// A blob, and how many objects the script holds for it.
    struct HeldBlob {
        var blob: Blob
        var holders = 0
        /// As the document knows it, once it was shown.
        var media: MediaBlob?
    }

    var nextBlob = 1
    var warnedModels: Set<String> = []
    var pace: (job: JobID, since: RunInstant, last: RunInstant)?
    var hasWarnedOfPace = false
    var progresses: [Int: Progress] = [:]
    var nextProgress = 0
    var books: [String: DurationBook] = [:]
    var learned: [LearnedInstance] = []
    /// The state of the script's UI.
    public var document = LiveDocument()
    /// How many elements have callbacks.
    var listeners = 0
    /// Whether some face may deliver events, now or later. The run does not end then as long as an element has a
    /// callback.
    public var takesEvents: () -> Bool = { false }
    /// Where some face plays videos: what `displayVideo` has shown there instead of saving it. nil: it saves them.
    public var shownVideos: ShownVideos?
    /// The way of those events to the script; there once the module is installed.
    public private(set) var events: EventDelivery?
    /// The jobs that this run has submitted and not seen the end of.
    public let jobs: JobLedger

    /// - Parameters:
    ///   - transport: answers what carries the requests of all the script's clients; asked for each client.
    ///   - note: tells the person who runs the script.
    public init(
        settings: Settings, transport: @escaping @Sendable () throws(DecartError) -> any QueueTransport,
        clock: any RunClock, jobs: JobLedger,
        note: @escaping @Sendable (Notice) -> Void
    ) {
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.jobs = jobs
        self.note = note
    }

    func add(_ client: DecartClient) {
        clients.append(client)
        looks.append(OperationGate(limit: Self.looksAtATime))
    }

    func submitted(_ id: JobID) { jobs.submitted(id) }
    func saw(_ reply: JobReply) { jobs.saw(reply) }
    func gone(_ id: JobID) { jobs.gone(id) }

    /// Gives the module to a runtime whose prelude is loaded.
    public func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        executor = runtime.taskExecutor
        runtime.onPush(of: "blob") { [self] id in blobs[id]?.holders += 1 }
        let functions = clientFunctions() + queueFunctions() + neighbourFunctions() + modelFunctions() + blobFunctions()
        let policies = try runtime.loadModule(
            PackageResources.policies_lua, name: "policies", functions: [randomFunction()] + learnedFunctions())
        let polling = try runtime.loadModule(PackageResources.polling_lua, name: "polling", functions: [])
        try runtime.loadModule(
            PackageResources.decart_lua, name: "decart", functions: functions,
            arguments: [.reference(policies), .reference(polling)])
        let dispatcher = try runtime.loadModule(
            PackageResources.document_lua, name: "document", functions: documentFunctions())
        events = EventDelivery(runtime: runtime, dispatcher: dispatcher)
        runtime.keepAlive { [self] in listeners > 0 && takesEvents() }
    }

    /// A number from 0 up to 1, from the run's own source of chance: a seed makes a run repeatable.
    private func randomFunction() -> ModuleFunction {
        let chance = settings.chance
        return ModuleFunction("random") { call throws(LuaError) in
            call.push(.number(chance.unit()))
            return .returns
        }
    }

    // MARK: Blobs

    func keep(_ blob: Blob) -> LuaValue {
        let id = nextBlob
        nextBlob += 1
        blobs[id] = HeldBlob(blob: blob)
        return .object(LuaObject(kind: "blob", id: id))
    }
}
