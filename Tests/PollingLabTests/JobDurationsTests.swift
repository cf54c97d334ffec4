import PlainErrors
import SeededNumbers
import Testing

@testable import PollingLab

struct JobDurationsTests {
    private func read(_ text: String, file: String? = nil) throws(MessageError) -> JobDurations {
        try JobDurations(text) { _ in file }
    }

    @Test(
        arguments: [
            ("fixed:60s", .fixed(60_000)), ("lognormal:60s,0.5", .lognormal(median: 60_000, sigma: 0.5)),
            ("uniform:0s,120s", .uniform(from: 0, to: 120_000)), ("exponential:1500ms", .exponential(mean: 1500)),
            ("fixed:2m", .fixed(120_000)), ("fixed:1h", .fixed(3_600_000)),
            ("fixed:1s+exponential:2s", .mixture([.fixed(1000), .exponential(mean: 2000)])),
        ] as [(String, JobDurations)])
    func `durations are read as they are written`(text: String, durations: JobDurations) throws {
        #expect(try read(text) == durations)
    }

    @Test(arguments: [
        ("fixed:60", "'60' is not a time such as 60s"), ("fixed:0s", "more than 0"), ("fixed:-1s", "more than 0"),
        ("fixed:nans", "'nans' is not a time"), ("fixed:infs", "'infs' is not a time"), ("fixed:9999999h", "365 days"),
        ("lognormal:60s", "takes 2 numbers, not 1"), ("lognormal:60s,0", "sigma '0'"),
        ("lognormal:60s,nan", "sigma 'nan'"),
        ("uniform:5s,5s", "the first time must be less"), ("uniform:1s,2s,3s", "takes 2 numbers, not 3"),
        ("gauss:60s,1s", "neither one of fixed:60s"), ("", "neither one of"), ("fixed:1s+", "neither one of"),
    ])
    func `nonsense is named, with what is known`(text: String, complaint: String) throws {
        let error = try #require(throws: MessageError.self) { try read(text) }
        #expect(error.message.contains(complaint))
        #expect(error.message.contains("lognormal:60s,0.5"))
    }

    @Test(
        arguments: [
            ("1000\n2000.5\n", [1000, 2000.5]), ("job,ms\na,1000\n\nb,2s\n", [1000, 2000]),
            ("# mine\n\"5s\"\r\n7s", [5000, 7000]),
            ("model,after_ms,before_ms\nm,1000,2000\nm,5000,\nm,3000,3500\n", [1500, 3250]),
        ] as [(String, [Double])])
    func `a file has a duration in each line`(text: String, times: [Double]) throws {
        #expect(try read("times.csv", file: text) == .recorded(times))
    }

    @Test(arguments: [
        ("", "has no durations"), ("ms\n", "has no durations"), ("1000\n-5\n", "times.csv:2: '-5'"),
        ("1000\nx\n", "times.csv:2"),
        ("1000\n0\n", "times.csv:2"), ("1\nnan\n", "times.csv:2"),
        ("model,after_ms,before_ms\nm,9000,100\n", "times.csv:2"),
    ])
    func `a line that is no duration is named by its number`(text: String, complaint: String) throws {
        let error = try #require(throws: MessageError.self) { try read("times.csv", file: text) }
        #expect(error.message.contains(complaint))
    }

    @Test(
        arguments: [
            .fixed(5000), .lognormal(median: 60_000, sigma: 0.5), .uniform(from: 1000, to: 3000),
            .exponential(mean: 700),
            .recorded([1, 2, 6]), .mixture([.fixed(10), .fixed(20)]),
        ] as [JobDurations])
    func `what is drawn has the mean it should`(durations: JobDurations) {
        var random = SplitMix64(seed: 5)
        let mean = (0..<20_000).map { _ in durations.sample(&random) }.reduce(0, +) / 20_000
        #expect(abs(mean / durations.mean - 1) < 0.02)
    }
}
