internal import DecartAPI
internal import DecartClient
internal import JobJournal
internal import JournaledClient
internal import LuaVM
internal import RunClock
internal import ScriptReference
internal import ScriptRuntime

/// Clients as scripts have them: tables of functions, behind which stands an object for one of the clients kept here.
final class ClientBinding {
    /// A client, and what lets its polls begin. A class, since a poll would copy all that a client holds.
    final class HeldClient {
        let client: DecartClient
        /// The same one, for what costs.
        let paid: JournaledClient
        let polls: JournaledPolls
        let gate = OperationGate(limit: ClientBinding.pollsAtATime)

        init(client: DecartClient, paid: JournaledClient) {
            self.client = client
            self.paid = paid
            polls = JournaledPolls(of: paid)
        }
    }

    /// How many polls of a client's are under way at a time: as many as there are connections. The next begins as soon as
    /// one ends.
    private static let pollsAtATime = 64

    private var clients: [Int: HeldClient] = [:]
    private var nextID = 1
    private let settings: DecartModule.Settings
    private let transport: @Sendable () throws(DecartError) -> any QueueTransport
    private let clock: any RunClock
    private let note: @Sendable (Notice) -> Void
    private let journal: Journal
    private let aliases = AliasBook()
    let blobs: BlobBinding
    let inputs: SubmissionInputs

    init(
        settings: DecartModule.Settings, transport: @escaping @Sendable () throws(DecartError) -> any QueueTransport,
        clock: any RunClock, journal: Journal, blobs: BlobBinding, inputs: SubmissionInputs,
        note: @escaping @Sendable (Notice) -> Void
    ) {
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.journal = journal
        self.blobs = blobs
        self.inputs = inputs
        self.note = note
    }

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        let executor = runtime.taskExecutor
        runtime.describe { [Self.fileRecord, Self.tokenRecord] }
        try runtime.announce(
            ScriptPart(
                "client", source: { PackageResources.client_lua }, functions: [("decart", ["createDecartClient"])],
                primitives: { [self] in [forgetFunction()] },
                groups: { [self] in
                    [
                        ScriptGroup(GroupDescription("decart", type: "Decart", ""), [createFunction(executor)]),
                        clientGroup(), filesGroup(), tokensGroup(), modelsGroup(),
                    ]
                }))
    }

    private func createFunction(_ executor: any TaskExecutor) -> ScriptFunction {
        ScriptFunction(
            "createDecartClient", "Makes a client of Decart's API.",
            Argument.options(Self.options), gives: [ResultDescription(.named("Client"))]
        ) { [self] call, options throws(LuaError) in
            let client = try raising { () throws(DecartError) in try makeClient(options, executor) }
            clients[nextID] = HeldClient(client: client, paid: paid(client))
            call.push(.object(LuaObject(kind: "client", id: nextID)))
            nextID += 1
            return .returns
        }
    }

    private static let options = [
        OptionDescription("apiKey", .string, unlessGiven: "`DECART_API_KEY`", "The key; not needed under `--local`."),
        OptionDescription(
            "baseUrl", .string, unlessGiven: "`DECART_BASE_URL`, or the service",
            "The server's address. `--local` and `--base-url` go before it."),
        OptionDescription(
            "proxy", .string, "A server that adds the key; it takes the place of `apiKey` and `baseUrl`."),
        OptionDescription("integration", .string, "Named in the User-Agent."),
        OptionDescription(
            "maxRetries", .integer, unlessGiven: "2", "How often a request that may be repeated is sent again."),
        OptionDescription(
            "timeout", .number(unit: .milliseconds), unlessGiven: "60000",
            "How long a request may go without a byte either way."),
    ]

    private func makeClient(
        _ options: GivenOptions, _ executor: any TaskExecutor
    ) throws(DecartError) -> DecartClient {
        if let fault = settings.clientFault { throw fault }
        if settings.isSandboxed {
            for name in ["apiKey", "baseUrl", "proxy", "integration"] where options[name] != .nil {
                throw DecartError(
                    .permissionDenied,
                    "A script under --sandbox cannot choose \(name): its requests are made by the process that started "
                        + "it.", data: ["what": .string(name)])
            }
        }
        let configuration: ClientConfiguration
        do throws(DecartError) {
            configuration = try ClientConfiguration.resolve(
                ClientOptions(
                    apiKey: options.text("apiKey"), baseURL: options.text("baseUrl"), proxy: options.text("proxy"),
                    integration: options.text("integration"), maxRetries: options.integer("maxRetries"),
                    timeout: options.number("timeout").map(Duration.fromMilliseconds)),
                environment: settings.environment(), server: settings.server)
        } catch {
            var error = error
            if error.code == .invalidAPIKey {
                error.message += " To try a script out without a key, run it with --local."
            }
            throw error
        }
        return DecartClient(
            configuration: configuration, transport: try transport(), clock: clock, chance: settings.chance,
            executor: executor, onNotice: { [note] in note(.warning($0.message)) })
    }

    private func paid(_ client: DecartClient) -> JournaledClient {
        var paid = JournaledClient(client, journal: journal, aliases: aliases, clock: clock, chance: settings.chance)
        paid.writesSidecars = settings.writesSidecars
        paid.elsewhere = settings.paidWork
        if let files = settings.files {
            paid.mayWrite = { path in
                do throws(DecartError) {
                    try files.check(.write, path)
                    return true
                } catch {
                    return false
                }
            }
        }
        return paid
    }

    private func forgetFunction() -> ModuleFunction {
        ModuleFunction("forget") { [self] call throws(LuaError) in
            if let id = try? call.object(1, kind: "client") { clients[id] = nil }
            return .returns
        }
    }

    /// The client that a call is made on.
    var receiver: Parameter<HeldClient> {
        Parameter(receiver: "client") { [self] call, position throws(LuaError) in try held(call, position) }
    }

    func held(_ call: borrowing HostCall, _ position: Int) throws(LuaError) -> HeldClient {
        guard let held = clients[try call.object(position, kind: "client")] else {
            throw call.badArgument(position, "this client is gone")
        }
        return held
    }
}
