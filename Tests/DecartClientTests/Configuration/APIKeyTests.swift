import DecartAPI
import Testing

@testable import DecartClient

struct APIKeyTests {
    @Test func `however it is printed, the key does not show`() throws {
        let key = try APIKey("  dct_secret\n")
        #expect(key.secret == "dct_secret")
        var dumped = ""
        dump(key, to: &dumped)
        let options = ClientOptions(apiKey: "dct_secret")
        var dumpedOptions = ""
        dump(options, to: &dumpedOptions)
        let configuration = ClientConfiguration(apiKey: key, baseURL: try BaseURL("https://queue.test"))
        for text in [
            "\(key)", String(reflecting: key), dumped, dumpedOptions, "\(options)", String(reflecting: options),
            "\(configuration)", String(reflecting: configuration),
        ] {
            #expect(!text.contains("dct_secret"))
        }
    }

    @Test(arguments: ["", " ", "\t\n", "dct_a\r\nx-evil: 1", "dct_a b", "dct_ü", "dct_\u{0}"])
    func `a key that cannot be a header is refused without being repeated`(text: String) {
        let error = #expect(throws: DecartError.self) { try APIKey(text) }
        #expect(error?.code == .invalidAPIKey)
        #expect(error?.message.contains("dct_") == false)
    }
}
