/// What a job will cost, as far as that can be known before it is sent.
public enum CostEstimate: Hashable, Sendable {
    case known(Money)
    /// The reason is a sentence that says what would make it known.
    case unknown(String)

    public var amount: Money? {
        if case .known(let amount) = self { amount } else { nil }
    }

    /// - Parameters:
    ///   - price: nil where the list has none for this model.
    ///   - inputSeconds: the length of the input video, rounded up to whole seconds; nil if it has none or it cannot be
    ///     read off it. It goes before `maxSeconds`.
    ///   - maxSeconds: how long the caller says that the result will be at most.
    ///   - resolution: as it is sent.
    ///   - priceFile: where a price can be added.
    public static func of(
        model: String, price: Price?, inputSeconds: Int?, maxSeconds: Double?, resolution: String?, priceFile: String
    ) -> CostEstimate {
        switch price?.rate {
        case nil:
            return .unknown(
                "No price is known for the model \(model). Add one to \(priceFile), or raise it with decart.prices.")
        case .perPicture(let amounts)?:
            // A resolution that has no price of its own may be the dearest.
            let amount = resolution.flatMap { amounts[$0] } ?? amounts.values.max() ?? .zero
            return .known(amount)
        case .perSecond(let amount)?:
            guard let seconds = inputSeconds ?? maxSeconds.map({ Int(min($0, 1e6).rounded(.up)) }) else {
                return .unknown(
                    "The length of the result cannot be read off the inputs. Pass maxSeconds, the most seconds it can "
                        + "have.")
            }
            return .known(amount * seconds)
        }
    }

    /// What a result of a known length cost, by the price of the day on which it was submitted; nil where that is not
    /// counted by the second.
    public static func settled(price: Price?, resultSeconds: Int?) -> Money? {
        guard case .perSecond(let amount)? = price?.rate, let resultSeconds else { return nil }
        return amount * resultSeconds
    }
}
