public import DecartAPI
public import RunClock
public import SeededNumbers

/// Decart's API for a Swift program.
///
///     let transport = HTTPTransport()
///     let configuration = try ClientConfiguration.resolve(
///         ClientOptions(), environment: ProcessInfo.processInfo.environment)
///     let client = DecartClient(configuration: configuration, transport: transport)
///     let model = try ModelCatalog.find(name: "lucy-pro-t2v", kind: .video)
///     let inputs = ["prompt": InputValue.bytes(Array("A beautiful sunset".utf8))]
///     let job = try await client.queue.submit(Submission(model: model, inputs: inputs))
///
/// Every call ends with `CANCELLED` when the task that made it is cancelled.
public struct DecartClient: Sendable {
    let requester: Requester

    /// - Parameters:
    ///   - transport: carries the requests. It is up to the caller to shut it down.
    ///   - clock: measures the waits.
    ///   - chance: varies the waits.
    ///   - executor: where the part of a submit runs that outlives its caller's cancellation. Nil is right for callers
    ///     on an actor: it runs there. A caller whose tasks have an executor preference names that, or the submit
    ///     leaves it: unstructured tasks do not inherit one.
    ///   - onNotice: called with what a person should know although no call fails because of it. It may run on any
    ///     thread, and must be quick.
    public init(
        configuration: ClientConfiguration, transport: any QueueTransport, clock: any RunClock = SystemClock(),
        chance: Chance = Chance(), executor: (any TaskExecutor)? = nil,
        onNotice: (@Sendable (ClientNotice) -> Void)? = nil
    ) {
        requester = Requester(
            configuration: configuration, transport: transport, clock: clock, chance: chance, executor: executor,
            notices: ClientNotices(onNotice))
    }

    public var configuration: ClientConfiguration { requester.configuration }

    /// Jobs: submit, poll, fetch.
    public var queue: QueueClient { QueueClient(requester: requester) }

    /// Files that the service keeps for a while.
    public var files: FilesClient { FilesClient(requester: requester) }

    /// Short-lived keys for others.
    public var tokens: TokensClient { TokensClient(requester: requester) }

    /// What the service says about its models; those that this program knows are in `ModelCatalog`.
    public var models: ModelsClient { ModelsClient(requester: requester) }
}
