import DecartAPI
import DecartClient
import RunClock

/// What the checks look at: the environment, and what came of the one request that is made.
struct DoctorFacts: Sendable {
    var environment: [String: String]
    /// `--base-url`.
    var givenURL: String?
    /// `--journal`.
    var givenJournal: String?
    var key: Result<APIKey, DecartError>
    var server: Result<BaseURL, DecartError>
    var network: Result<HTTPTransport.Configuration, DecartError>
    /// nil: nothing could be asked.
    var probe: ServerProbe?

    /// How long the server may take to say anything.
    private static let patience: Duration = .seconds(10)

    /// Whether a variable is not set, or empty, which is how many a shell script unsets one.
    func isUnset(_ variable: String) -> Bool { environment[variable]?.isEmpty ?? true }

    static func gather(
        _ environment: [String: String], givenURL: String?, givenJournal: String?
    ) async -> DoctorFacts {
        let override = givenURL.map { ServerOverride.baseURL($0) }
        var facts = DoctorFacts(
            environment: environment, givenURL: givenURL, givenJournal: givenJournal,
            key: Result { () throws(DecartError) in try APIKey(environment["DECART_API_KEY"] ?? "") },
            server: Result { () throws(DecartError) in
                // A key that is missing or of no use is another check's affair.
                try ClientConfiguration.resolve(
                    ClientOptions(),
                    environment: ["DECART_API_KEY": "none"].merging(
                        environment.filter { $0.key == "DECART_BASE_URL" }
                    ) { _, last in last }, server: override
                ).baseURL
            },
            network: Result { () throws(DecartError) in
                try HTTPTransport.Configuration.fromEnvironment(environment)
            })
        guard case .success(let url) = facts.server, case .success(var network) = facts.network else { return facts }
        network.connectTimeout = patience
        let transport = HTTPTransport(configuration: network)
        let configuration = ClientConfiguration(
            apiKey: try? facts.key.get(), baseURL: url, maxRetries: 0, timeout: patience)
        facts.probe = await DecartClient(configuration: configuration, transport: transport).probe()
        await transport.shutdown()
        return facts
    }
}
