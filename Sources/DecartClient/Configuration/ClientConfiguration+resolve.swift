public import DecartAPI
import RunClock

extension ClientConfiguration {
    /// Puts together what a program says, its environment, and a choice of server from outside.
    ///
    /// The server is the first of: `server`, `proxy` or `baseURL` of the options, `DECART_BASE_URL`, the service. The
    /// key is `apiKey`, else `DECART_API_KEY`; with a proxy or a local queue there is none, and none is looked for.
    ///
    /// - Throws: `INVALID_API_KEY`, `INVALID_BASE_URL`, `INVALID_OPTIONS`.
    public static func resolve(
        _ options: ClientOptions, environment: [String: String], server: ServerOverride? = nil
    ) throws(DecartError) -> ClientConfiguration {
        var configuration: ClientConfiguration
        if case .local(let url)? = server {
            configuration = ClientConfiguration(
                apiKey: nil, baseURL: try BaseURL(url, from: "the local queue's address"))
        } else if case .keeper(let url)? = server {
            configuration = ClientConfiguration(apiKey: nil, baseURL: try BaseURL(url, from: "the server's address"))
        } else {
            let key = try apiKey(options, environment)
            configuration = ClientConfiguration(
                apiKey: key, baseURL: try baseURL(options, environment, server))
        }
        configuration.integration = try options.integration.map(checkedIntegration)
        if let retries = options.maxRetries {
            guard retries >= 0 else {
                throw DecartError(.invalidOptions, "maxRetries must be 0 or more (got \(retries)).")
            }
            configuration.maxRetries = retries
        }
        if let timeout = options.timeout {
            guard timeout > .zero else {
                throw DecartError(.invalidOptions, "timeout must be more than 0 (got \(timeout.inMilliseconds) ms).")
            }
            configuration.timeout = timeout
        }
        return configuration
    }

    private static func apiKey(
        _ options: ClientOptions, _ environment: [String: String]
    ) throws(DecartError) -> APIKey? {
        if options.proxy != nil {
            guard options.apiKey == nil else {
                throw DecartError(
                    .invalidOptions, "Both apiKey and proxy were given. A proxy adds the key itself: pass one of them.")
            }
            return nil
        }
        guard let text = options.apiKey ?? environment["DECART_API_KEY"] else {
            throw DecartError(
                .invalidAPIKey,
                "There is no API key. Pass apiKey, or set the environment variable DECART_API_KEY to your key.")
        }
        return try APIKey(text)
    }

    private static func baseURL(
        _ options: ClientOptions, _ environment: [String: String], _ server: ServerOverride?
    ) throws(DecartError) -> BaseURL {
        if case .baseURL(let url)? = server { return try BaseURL(url, from: "--base-url") }
        if let url = options.proxy { return try BaseURL(url, from: "proxy") }
        if let url = options.baseURL { return try BaseURL(url, from: "baseUrl") }
        // An empty variable is how many a shell script unsets one.
        if let url = environment["DECART_BASE_URL"], !url.isEmpty { return try BaseURL(url, from: "DECART_BASE_URL") }
        return try BaseURL(defaultBaseURL, from: "the default")
    }

    private static func checkedIntegration(_ name: String) throws(DecartError) -> String {
        guard name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F }) else {
            throw DecartError(
                .invalidOptions,
                "integration must be plain ASCII text without line breaks (got \(Excerpt.quoted(name))).")
        }
        return name
    }
}
