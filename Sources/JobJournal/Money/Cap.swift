/// What a cap counts.
public enum CapScope: Hashable, Sendable {
    /// One submit.
    case submit
    /// All submits of one UTC day.
    case day
    case run(String)
    case label(String)

    /// As it is stored: `day`, `run:NAME`, `label:NAME`. Nil for `submit`, which is never stored.
    public var stored: String? {
        switch self {
        case .submit: nil
        case .day: "day"
        case .run(let name): "run:\(name)"
        case .label(let name): "label:\(name)"
        }
    }

    public init?(stored text: String) {
        if text == "day" {
            self = .day
        } else if text.hasPrefix("run:"), text.utf8.count > 4 {
            self = .run(String(text.dropFirst(4)))
        } else if text.hasPrefix("label:"), text.utf8.count > 6 {
            self = .label(String(text.dropFirst(6)))
        } else {
            return nil
        }
    }
}

/// The most that may be spent in a scope.
public struct Cap: Hashable, Sendable {
    public var scope: CapScope
    public var limit: Money
    /// Whether it stands in the journal, for every account; else it is this process's own, for its account.
    public var isStored: Bool

    public init(_ scope: CapScope, _ limit: Money, isStored: Bool = false) {
        self.scope = scope
        self.limit = limit
        self.isStored = isStored
    }

    /// Whether a submit fits, with `spent` counted against this cap before it.
    public func admits(_ estimate: Money, spent: Money) -> Bool {
        spent + estimate <= limit
    }
}
