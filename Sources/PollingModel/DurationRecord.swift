internal import Foundation

/// An observation of one model's job as a line of a file, `model,after_ms,before_ms`, the last empty where nobody saw
/// the job's end. `decart.policy.learned` keeps such a file, and the lab reads it.
public struct DurationRecord: Sendable, Hashable {
    public var model: String
    public var observation: DurationObservation

    /// The first line of such a file.
    public static let head = "\(columns.joined(separator: ","))"
    static let columns = ["model", "after_ms", "before_ms"]

    public init(model: String, observation: DurationObservation) {
        self.model = model
        self.observation = observation
    }

    /// Returns nil for any other line.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: ",", omittingEmptySubsequences: false)
        guard words.count == Self.columns.count, let model = String(words[0]).removingPercentEncoding,
            let after = Double(words[1]), words[2].isEmpty || Double(words[2]) != nil,
            let observation = DurationObservation(after: after, before: Double(words[2]))
        else { return nil }
        self.init(model: model, observation: observation)
    }

    /// Without its end.
    public var line: String {
        let name = model.addingPercentEncoding(withAllowedCharacters: Self.plain) ?? "?"
        let before = observation.before.map { String(format: "%.1f", $0) } ?? ""
        return "\(name),\(String(format: "%.1f", observation.after)),\(before)"
    }

    private static let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_.~/: "))
}
