import Testing

@testable import PollingModel

struct RequestBudgetTests {
    /// The table of `RequestBudget`.
    @Test(
        arguments: [
            (5.0, [1000.0, 1000, 2000]), (2.5, [1000, 1000, 2000]), (1, [2500, 2500, 5000]),
        ] as [(Double, [Double])])
    func `jobs share a budget in proportion to the root of their hazards`(budget: Double, delays: [Double]) {
        var shared = RequestBudget(perSecond: budget)
        let own = ["a": 1000.0, "b": 1000, "c": 2000]
        for (job, delay) in own { _ = shared.stretch(of: job, own: delay, now: 0) }
        let stretched = own.sorted { $0.key < $1.key }.map { job, delay in
            delay * shared.stretch(of: job, own: delay, now: 0)
        }
        for (delay, expected) in zip(stretched, delays) { #expect(abs(delay - expected) < 1e-6) }
    }

    @Test func `a job that is over leaves its share to the others`() {
        var budget = RequestBudget(perSecond: 1)
        _ = budget.stretch(of: "a", own: 500, now: 0)
        #expect(budget.stretch(of: "b", own: 500, now: 0) == 4)
        budget.ended("a")
        #expect(budget.stretch(of: "b", own: 500, now: 0) == 2)
    }

    @Test func `a 429 halves the budget, many at once halve it once, and quiet brings it back`() throws {
        var budget = RequestBudget(perSecond: 8)
        _ = budget.stretch(of: "a", own: 100, now: 0)
        budget.refused(now: 1000)
        budget.refused(now: 1200)
        #expect(budget.allowed == 4)
        budget.refused(now: 7000)
        #expect(budget.allowed == 2)
        #expect(budget.stretch(of: "a", own: 100, now: 36_000) == 5)
        // A hundredth a second after half a minute: 70 s double it.
        let stretch = budget.stretch(of: "a", own: 100, now: 37_000 + 70_000)
        #expect(abs(stretch - 2.5) < 0.05)
        #expect(budget.stretch(of: "a", own: 100, now: 1_000_000) == 1.25)
        #expect(budget.allowed == 8)
    }

    @Test func `without a budget a 429 halves what is asked for, until it no longer matters`() {
        var budget = RequestBudget(perSecond: nil)
        #expect(budget.stretch(of: "a", own: 100, now: 0) == 1)
        budget.refused(now: 1)
        #expect(budget.stretch(of: "a", own: 100, now: 2) == 2)
        #expect(budget.stretch(of: "a", own: 100, now: 1_000_000) == 1)
        #expect(budget.allowed == nil)
    }

    @Test func `a service that refuses on and on is still asked`() throws {
        var budget = RequestBudget(perSecond: 1)
        for time in 0..<100 { budget.refused(now: Double(time) * 6000) }
        #expect(try #require(budget.allowed) >= RequestBudget.least)
    }
}
