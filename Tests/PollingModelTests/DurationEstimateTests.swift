import Foundation
import Testing

@testable import PollingModel

/// What is concluded from durations, against distributions whose answers are known.
struct DurationEstimateTests {
    /// n durations at even shares of a distribution: a sample without chance.
    static func sample(_ count: Int, _ quantile: (Double) -> Double) -> [Double] {
        (0..<count).map { quantile((Double($0) + 0.5) / Double(count)) }
    }

    static func exponential(_ share: Double) -> Double { -60_000 * log(1 - share) }

    static func exact(_ times: [Double]) -> [DurationObservation] {
        times.compactMap { DurationObservation(after: $0, before: $0) }
    }

    @Test func `without a completed job there is no estimate`() {
        #expect(DurationEstimate([]) == nil)
        #expect(DurationEstimate([DurationObservation(after: 5000, before: nil)].compactMap { $0 }) == nil)
    }

    @Test(
        arguments: [
            (-1.0, 5.0), (.nan, 5), (5, .nan), (5, .infinity), (.infinity, nil), (9, 5), (0, 0), (0, nil),
        ] as [(Double, Double?)])
    func `an observation that cannot be is none`(after: Double, before: Double?) {
        #expect(DurationObservation(after: after, before: before) == nil)
    }

    @Test func `the hazard of exponential durations is flat`() throws {
        let estimate = try #require(DurationEstimate(Self.exact(Self.sample(400, Self.exponential))))
        for time in [10_000.0, 30_000, 60_000, 100_000] {
            #expect(abs(estimate.hazard(at: time) * 60_000 - 1) < 0.25, "at \(time)")
            #expect(abs(estimate.survival(at: time) - exp(-time / 60_000)) < 0.03, "at \(time)")
        }
    }

    @Test func `quantiles are those of the durations`() throws {
        let times = Self.sample(400) { 20_000 + 60_000 * $0 }
        let estimate = try #require(DurationEstimate(Self.exact(times)))
        for share in [0.1, 0.5, 0.9] {
            #expect(abs(estimate.quantile(share) - (20_000 + 60_000 * share)) < 2500)
        }
    }

    @Test func `probability adds up to one and survival never rises`() throws {
        for times in [[60_000.0], Self.sample(50, Self.exponential), [5, 5, 5, 5], [1, 1_000_000]] {
            let estimate = try #require(DurationEstimate(Self.exact(times)))
            let beyond = try #require(estimate.survival.last)
            #expect(abs(estimate.mass.reduce(0, +) + beyond - 1) < 1e-9)
            for (earlier, later) in zip(estimate.survival, estimate.survival.dropFirst()) { #expect(later <= earlier) }
            for bin in 0..<TimeGrid.bins { #expect(estimate.hazard(in: bin) > 0) }
        }
    }

    /// Of jobs given up at a minute only that is known; left out, or taken for durations, they would make the rest look
    /// quick.
    @Test func `jobs whose end nobody saw count for as long as they were seen`() throws {
        let observations = Self.sample(400, Self.exponential).enumerated().compactMap { index, time in
            index.isMultiple(of: 2) || time < 60_000
                ? DurationObservation(after: time, before: time) : DurationObservation(after: 60_000, before: nil)
        }
        let estimate = try #require(DurationEstimate(observations))
        #expect(abs(estimate.survival(at: 60_000) - exp(-1)) < 0.03)
        #expect(abs(estimate.survival(at: 120_000) - exp(-2)) < 0.05)
    }

    @Test func `coarse polls still tell where most jobs end`() throws {
        let observations = Self.sample(400) { 60_000 * pow(2, $0 - 0.5) }.compactMap { time in
            let poll = (time / 10_000).rounded(.down) * 10_000
            return DurationObservation(after: poll, before: poll + 10_000)
        }
        let estimate = try #require(DurationEstimate(observations))
        #expect(abs(estimate.quantile(0.5) - 60_000) < 4000)
        #expect(estimate.survival(at: 38_000) > 0.93)
        #expect(estimate.survival(at: 92_000) < 0.07)
    }

    @Test func `beyond every duration seen the hazard is small but never nothing`() throws {
        let estimate = try #require(DurationEstimate(Self.exact(Self.sample(200) { 50_000 + 20_000 * $0 })))
        #expect(estimate.survival(at: 10_000_000) > 0)
        #expect(estimate.hazard(at: 200_000) > 0)
        #expect(estimate.hazard(at: 200_000) < estimate.hazard(at: 65_000) / 4)
    }
}
