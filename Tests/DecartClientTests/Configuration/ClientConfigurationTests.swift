import DecartAPI
import Testing

@testable import DecartClient

struct ClientConfigurationTests {
    private func resolve(
        _ options: ClientOptions, _ environment: [String: String] = [:], _ server: ServerOverride? = nil
    ) throws(DecartError) -> ClientConfiguration {
        try ClientConfiguration.resolve(options, environment: environment, server: server)
    }

    @Test func `with only a key everything else has its documented default`() throws {
        let configuration = try resolve(ClientOptions(apiKey: "dct_k"))
        #expect(configuration.baseURL.text == "https://api.decart.ai")
        #expect(configuration.maxRetries == 2)
        #expect(configuration.timeout == .seconds(60))
        #expect(configuration.userAgent == "decart-lua/0.1.0 lang/lua runtime/swift")
    }

    @Test func `the key is the option, else the environment's`() throws {
        let environment = ["DECART_API_KEY": " dct_env "]
        #expect(try resolve(ClientOptions(), environment).apiKey?.secret == "dct_env")
        #expect(try resolve(ClientOptions(apiKey: "dct_own"), environment).apiKey?.secret == "dct_own")
    }

    @Test func `the server is the flag's, else the option's, else the environment's`() throws {
        let environment = ["DECART_BASE_URL": "http://env:1", "DECART_API_KEY": "k"]
        let options = ClientOptions(baseURL: "http://option:2/")
        #expect(try resolve(ClientOptions(), environment).baseURL.text == "http://env:1")
        #expect(try resolve(options, environment).baseURL.text == "http://option:2")
        let unset = ["DECART_BASE_URL": "", "DECART_API_KEY": "k"]
        #expect(try resolve(ClientOptions(), unset).baseURL.text == ClientConfiguration.defaultBaseURL)
        #expect(try resolve(options, environment, .baseURL("http://flag:3")).baseURL.text == "http://flag:3")
    }

    @Test func `a local queue gets no key, wants none and takes no proxy`() throws {
        let options = ClientOptions(apiKey: "dct_k", proxy: "https://proxy.test")
        let configuration = try resolve(options, ["DECART_API_KEY": "dct_env"], .local("http://127.0.0.1:4000"))
        #expect(configuration.apiKey == nil)
        #expect(configuration.baseURL.text == "http://127.0.0.1:4000")
    }

    @Test func `a proxy gets no key, not even the environment's`() throws {
        let options = ClientOptions(proxy: "https://proxy.test/decart/")
        let configuration = try resolve(options, ["DECART_API_KEY": "dct_env"])
        #expect(configuration.apiKey == nil)
        #expect(configuration.baseURL.text == "https://proxy.test/decart")
    }

    @Test(arguments: [
        (ClientOptions(), DecartErrorCode.invalidAPIKey),
        (ClientOptions(apiKey: "  "), .invalidAPIKey),
        (ClientOptions(apiKey: "k", proxy: "https://p.test"), .invalidOptions),
        (ClientOptions(apiKey: "k", maxRetries: -1), .invalidOptions),
        (ClientOptions(apiKey: "k", timeout: .zero), .invalidOptions),
        (ClientOptions(apiKey: "k", integration: "a\r\nb"), .invalidOptions),
        (ClientOptions(apiKey: "k", baseURL: "ftp://x"), .invalidBaseURL),
        (ClientOptions(proxy: "proxy.test"), .invalidBaseURL),
    ])
    func `what will not do is refused by its own code`(options: ClientOptions, code: DecartErrorCode) {
        #expect(throws: DecartError.self) { try resolve(options) }
        do throws(DecartError) { _ = try resolve(options) } catch { #expect(error.code == code) }
    }

    @Test(arguments: [
        "", "api.decart.ai", "https://", "http://:80", "https://h ost", "https://h\r\nx", "https://user:pw@h",
        "https://h?a=b", "https://h#f", "http://h:99999", "http://h:x",
    ])
    func `a base URL that is none is INVALID_BASE_URL and shows no password`(text: String) {
        let error = #expect(throws: DecartError.self) { try BaseURL(text) }
        #expect(error?.code == .invalidBaseURL)
        #expect(error?.message.contains("pw") == false)
    }

    @Test func `one slash at the end is dropped and a path is kept`() throws {
        #expect(try BaseURL("HTTP://Host:8080/api/").text == "HTTP://Host:8080/api")
        #expect(try BaseURL("https://h//").text == "https://h/")
        #expect(try BaseURL("http://[::1]:80").origin == BaseURL("http://[::1]").origin)
    }
}
