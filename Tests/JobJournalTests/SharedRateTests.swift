import JobJournal
import Testing

@Suite struct SharedRateTests {
    @Test("A refusal halves what was allowed, or what is asked for, once for all of a few seconds")
    func halves() throws {
        let first = try #require(SharedRate.halved(nil, wanted: 8, at: 1000))
        #expect(first == SharedRate(perSecond: 4, halvedAt: 1000))
        #expect(SharedRate.halved(first, wanted: 8, at: 5999) == nil)
        #expect(SharedRate.halved(first, wanted: 8, at: 6000)?.perSecond == 2)
        #expect(SharedRate.halved(first, wanted: 1, at: 6000)?.perSecond == 0.5, "what is not asked for is no measure")
        #expect(SharedRate.halved(nil, wanted: 0, at: 0)?.perSecond == 0.01)
    }

    @Test("It grows after half a minute, and ends where it limits nothing")
    func grows() throws {
        let rate = SharedRate(perSecond: 4, halvedAt: 0)
        #expect(rate.allowed(wanted: 8, at: 30_000) == 4)
        #expect(try #require(rate.allowed(wanted: 8, at: 31_000)) > 4)
        #expect(try #require(rate.allowed(wanted: 8, at: 100_000)) > 8)
        #expect(rate.allowed(wanted: 8, at: 300_000) == nil)
        #expect(rate.allowed(wanted: 8, at: -5) == 4, "a clock that went back")
    }

    @Test("The shares add up to what is allowed", arguments: [[1.0], [3, 1], [0, 5, 0.5, 2]])
    func shares(demands: [Double]) throws {
        let rate = SharedRate(perSecond: 2, halvedAt: 0)
        let all = demands.reduce(0, +)
        let shares = demands.map { rate.share(of: $0, in: all, at: 0) ?? .infinity }
        #expect(abs(shares.reduce(0, +) - 2) < 0.02)
        #expect(shares.allSatisfy { $0 >= 0.01 })
    }
}
