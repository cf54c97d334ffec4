import DecartAPI
import JobJournal
import Testing

@Suite struct PriceListTests {
    @Test(
        "Documented prices are found by path",
        arguments: [("lucy-2.5", 40_000), ("lucy-vton-2", 40_000), ("lucy-restyle-2", 10_000), ("lucy-clip", 150_000)])
    func finds(model: String, micros: Int64) {
        #expect(PriceList.builtIn.price(of: "/v1/jobs/\(model)")?.rate == .perSecond(Money(micros: micros)))
    }

    @Test("An alias has the price of what it means, a deprecated name that of its successor")
    func followsNames() {
        let prices = PriceList.builtIn
        #expect(prices.price(of: "/v1/jobs/lucy-latest") == nil)
        #expect(prices.price(of: "/v1/jobs/lucy-latest", canonical: "lucy-2.5") != nil)
        #expect(prices.price(of: "/v1/jobs/lucy-pro-v2v", use: "lucy-clip")?.rate == .perSecond(Money(micros: 150_000)))
    }

    @Test("A file of prices replaces the rows it has")
    func readsFile() throws {
        let text = """
            {"read": "2026-09-01", "prices": {"/v1/jobs/lucy-2.5": {"perSecond": 0.05},
             "/v1/generate/x": {"perPicture": {"720p": 1}, "read": "2026-09-02"}}}
            """
        var prices = PriceList.builtIn
        prices.replace(with: try PriceList(json: Array(text.utf8), named: "prices.json"))
        #expect(
            prices.price(of: "/v1/jobs/lucy-2.5")
                == Price(.perSecond(Money(micros: 50_000)), readOn: "2026-09-01"))
        #expect(prices.price(of: "/v1/generate/x")?.readOn == "2026-09-02")
        #expect(prices.price(of: "/v1/jobs/lucy-clip") != nil)
    }

    @Test(
        "A file that is no list of prices says which row is wrong",
        arguments: [
            ("[", "not JSON"), ("{}", "no object \"prices\""),
            (#"{"prices": {"/v1/jobs/a": {"perSecond": -1}}}"#, "/v1/jobs/a"),
            (#"{"prices": {"/v1/jobs/b": {"perPicture": {"720p": "much"}}}}"#, "/v1/jobs/b"),
            (#"{"prices": {"jobs": {"perSecond": 1}}}"#, "jobs"),
        ])
    func refusesFile(text: String, named: String) throws {
        let error = try #require(throws: DecartError.self) {
            try PriceList(json: Array(text.utf8), named: "prices.json")
        }
        #expect(error.code == .invalidOptions)
        #expect(error.message.contains(named))
    }

    @Test("A script can raise a price and never lower it")
    func raises() {
        var prices = PriceList.builtIn
        prices.raise("/v1/jobs/lucy-2.5", to: Money(micros: 10), isPicture: false, on: "2026-10-01")
        #expect(prices == .builtIn)
        prices.raise("/v1/jobs/lucy-2.5", to: Money(micros: 60_000), isPicture: false, on: "2026-10-01")
        #expect(prices.price(of: "/v1/jobs/lucy-2.5")?.rate == .perSecond(Money(micros: 60_000)))
        prices.raise("/v1/generate/lucy-image-2", to: Money(micros: 15_000), isPicture: true, on: "2026-10-01")
        #expect(
            prices.price(of: "/v1/generate/lucy-image-2")?.rate
                == .perPicture(["480p": Money(micros: 15_000), "720p": Money(micros: 20_000)]))
    }
}

@Suite struct CostEstimateTests {
    private let second = Price(.perSecond(Money(micros: 40_000)), readOn: "2026-08-01")

    private func estimate(
        _ price: Price?, input: Int? = nil, most: Double? = nil, resolution: String? = nil
    ) -> CostEstimate {
        .of(
            model: "m", price: price, inputSeconds: input, maxSeconds: most, resolution: resolution,
            priceFile: "/home/me/prices.json")
    }

    @Test("A video costs its input's seconds, else the most that was said")
    func video() {
        #expect(estimate(second, input: 5, most: 99) == .known(Money(micros: 200_000)))
        #expect(estimate(second, most: 5.1) == .known(Money(micros: 240_000)))
        guard case .unknown(let reason) = estimate(second) else { return #expect(Bool(false)) }
        #expect(reason.contains("maxSeconds"))
    }

    @Test("A picture costs by its resolution, and at its dearest where that is not known")
    func picture() {
        let price = Price(.perPicture(["480p": Money(micros: 1), "720p": Money(micros: 2)]), readOn: "")
        #expect(estimate(price, resolution: "480p") == .known(Money(micros: 1)))
        #expect(estimate(price, resolution: "4k") == .known(Money(micros: 2)))
        #expect(estimate(price) == .known(Money(micros: 2)))
    }

    @Test("A model without a price names the file to add one to")
    func unpriced() {
        guard case .unknown(let reason) = estimate(nil, input: 5) else { return #expect(Bool(false)) }
        #expect(reason.contains("/home/me/prices.json"))
    }
}
