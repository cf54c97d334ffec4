import DecartAPI
import JobJournal

extension SubmitTerms {
    /// As an object that keeps all of them.
    func linked(hasDrawnSeed: Bool) -> JSONValue {
        var members: [String: JSONValue] = [
            "paysTwice": .bool(paysTwice), "reusesRun": .bool(reusesRun), "hasDrawnSeed": .bool(hasDrawnSeed),
        ]
        members["key"] = key.map { .string($0) }
        members["label"] = label.map { .string($0) }
        members["maxCost"] = maxCost.map { .integer($0.micros) }
        members["maxSeconds"] = maxSeconds.map { .number($0) }
        members["row"] = row.map { .string($0) }
        return .object(members)
    }
}
