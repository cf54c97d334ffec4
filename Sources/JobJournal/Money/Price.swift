public import DecartAPI

/// What jobs that are posted to one path cost.
public struct Price: Hashable, Sendable {
    public enum Rate: Hashable, Sendable {
        /// A second of the video that is generated.
        case perSecond(Money)
        /// A picture, by its resolution, such as `720p`.
        case perPicture([String: Money])
    }

    public var rate: Rate
    /// The day on which somebody read it, as `2026-08-01`.
    public var readOn: String

    public init(_ rate: Rate, readOn: String) {
        self.rate = rate
        self.readOn = readOn
    }

    /// The same price, or `floor` wherever that is more.
    func raised(to floor: Money, on day: String) -> Price {
        switch rate {
        case .perSecond(let amount) where amount < floor:
            Price(.perSecond(floor), readOn: day)
        case .perPicture(let amounts) where amounts.values.contains(where: { $0 < floor }):
            Price(.perPicture(amounts.mapValues { max($0, floor) }), readOn: day)
        default: self
        }
    }

    /// As it is written down beside a job, and as a file of prices states it: dollars.
    public var json: JSONValue {
        switch rate {
        case .perSecond(let amount): ["perSecond": .number(amount.dollars), "read": .string(readOn)]
        case .perPicture(let amounts):
            ["perPicture": .object(amounts.mapValues { .number($0.dollars) }), "read": .string(readOn)]
        }
    }
}
