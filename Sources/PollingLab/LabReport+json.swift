internal import FoundationEssentials

extension LabReport {
    private struct Document: Encodable {
        var title: String
        var seed: UInt64
        var meanDurationMs: Double
        var fixedProductMs: Double
        var bound: Double?
        var policies: [Policy]
    }

    private struct Policy: Encodable {
        var name: String
        var jobs: Int
        var looksPerJob: Double
        var meanDelayMs: Double?
        var p95DelayMs: Double?
        var peakRate: Int
        var gaveUp: Int
        var productMs: Double?
        var gain: Double?
        var shareOfBound: Double?
    }

    /// The comparison as JSON. What is not known, such as the delay of a policy that saw no job's end, is left out.
    public func json() throws -> String {
        let policies = results.map { result in
            Policy(
                name: result.name, jobs: result.jobs, looksPerJob: result.pollsPerJob, meanDelayMs: result.meanDelay,
                p95DelayMs: result.p95Delay, peakRate: result.peakRate, gaveUp: result.gaveUp,
                productMs: result.product, gain: gain(result), shareOfBound: shareOfBound(result))
        }
        let document = Document(
            title: title, seed: seed, meanDurationMs: meanDuration, fixedProductMs: fixedProduct, bound: bound,
            policies: policies)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
