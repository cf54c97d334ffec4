extension LabReport {
    private static let heads = [
        "policy", "polls/job", "mean delay", "p95 delay", "peak/s", "gave up", "polls × delay", "gain", "of bound",
    ]

    /// The comparison as a table for a terminal.
    public var text: String {
        var lines = [Self.heads]
        for result in results { lines.append([result.name] + cells(result)) }
        let widths = Self.heads.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let table = lines.map { line in
            line.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
        return ([title, ""] + table + ["", footnote, ""]).joined(separator: "\n")
    }

    /// One policy's figures, in the order of the table's columns.
    func cells(_ result: LabResult) -> [String] {
        [
            LabText.number(result.pollsPerJob), result.meanDelay.map(LabText.time) ?? "–",
            result.p95Delay.map(LabText.time) ?? "–", "\(result.peakRate)", "\(result.gaveUp)",
            result.product.map(LabText.time) ?? "–", gain(result).map { LabText.number($0, places: 2) } ?? "–",
            shareOfBound(result).map { "\(LabText.number($0 * 100, places: 0)) %" } ?? "–",
        ]
    }

    /// What to compare the figures with.
    var footnote: String {
        let most =
            bound.map { "\(LabText.number($0, places: 2)) is the most that knowing the durations can gain" }
            ?? "there is no limit to what knowing such durations can gain"
        return "Jobs take \(LabText.time(meanDuration)) on average, so polls × delay of any fixed interval is about "
            + "\(LabText.time(fixedProduct)) (gain 1); \(most)."
    }
}
