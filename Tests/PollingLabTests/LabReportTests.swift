import Foundation
import Testing

@testable import PollingLab

struct LabReportTests {
    private func report(_ results: [LabResult], _ durations: JobDurations = .exponential(mean: 60_000)) -> LabReport {
        let plan = LabPlan(jobs: 500, durations: [durations])
        return LabReport(plan, jobs: LabJobs(plan), labels: ["exponential:60s"], results: results)
    }

    private let good = LabResult(
        name: "good", jobs: 500, pollsPerJob: 20, meanDelay: 1500, p95Delay: 2900, peakRate: 31, gaveUp: 0)
    private let hasty = LabResult(
        name: "<hasty> & \"co\" <!-- rows -->", jobs: 500, pollsPerJob: 3, meanDelay: nil, p95Delay: nil, peakRate: 4,
        gaveUp: 500)

    @Test func `the table lines up and says what cannot be said with a dash`() {
        let lines = report([good, hasty]).text.split(separator: "\n")
        #expect(lines[0] == "500 jobs of exponential:60s; one every 1.00 s on average")
        #expect(lines[1].hasPrefix("policy"))
        #expect(lines[1].count == lines[2].count && lines[2].count == lines[3].count)
        #expect(lines[2].contains("20.0") && lines[2].contains("1.50 s") && lines[2].contains("30.0 s"))
        #expect(lines[3].contains("–") && lines[3].contains("500"))
    }

    @Test func `JSON has a member for each figure, and leaves out what cannot be said`() throws {
        let text = try report([good, hasty]).json()
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let policies = try #require(document["policies"] as? [[String: Any]])
        #expect(policies[0]["name"] as? String == "good")
        #expect(policies[0]["looksPerJob"] as? Double == 20)
        #expect(policies[0]["meanDelayMs"] as? Double == 1500)
        #expect(policies[0]["p95DelayMs"] as? Double == 2900)
        #expect(policies[0]["peakRate"] as? Int == 31)
        #expect(policies[1]["gaveUp"] as? Int == 500)
        #expect(policies[1]["meanDelayMs"] == nil)
    }

    @Test func `the page needs nothing from elsewhere and shows names as text`() {
        let page = report([good, hasty]).html
        #expect(page.contains("<svg") && page.contains("any fixed interval") && page.contains("the bound"))
        #expect(!page.contains("<!--"))
        #expect(!page.contains("<hasty>") && page.contains("&lt;hasty&gt; &amp; &quot;co&quot;"))
        for outside in ["http", "src=", "@import"] { #expect(!page.contains(outside)) }
        #expect(page.ranges(of: "url(").count == page.ranges(of: "url(#area)").count)
    }

    @Test func `a page of policies that saw nothing says so`() {
        #expect(report([hasty]).html.contains("nothing to draw"))
    }

    @Test(arguments: [
        (1234.4, "1234"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123"), (0, "0.000"),
    ])
    func `numbers have three digits`(number: Double, text: String) {
        #expect(LabText.number(number) == text)
    }
}
