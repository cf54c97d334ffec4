/// What stands among a job's inputs in a file of orders, and is not sent.
enum OrderOption: String, CaseIterable {
    case model, key, label, priority, maxCost, maxSeconds, pinSeed

    /// Options of `submit` that mean nothing for a job that is sent later, by somebody else.
    static let senseless = ["payTwice", "reuse"]
}
