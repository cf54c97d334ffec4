public import DecartAPI

/// A model, and what it costs.
public struct PricedModel: Hashable, Sendable {
    public var model: ModelDefinition
    /// nil: nobody has read one, as for an alias, whose model only the server knows.
    public var price: Price?

    public init(_ model: ModelDefinition, at prices: PriceList) {
        self.model = model
        price = model.jobsPath.flatMap { prices.price(of: $0, use: model.use) }
    }

    /// All that is known of it, by the names that scripts see.
    public var listing: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(model.name), "kind": .string(model.kind.rawValue), "state": .string(model.state.rawValue),
            "inputs": .array((model.inputs?.fields ?? []).map(\.listing)),
        ]
        members["urlPath"] = (model.generatePath ?? model.streamPath).map { .string($0) }
        members["queueUrlPath"] = model.jobsPath.map { .string($0) }
        members["fps"] = model.fps.map { .integer(Int64($0)) }
        members["width"] = model.width.map { .integer(Int64($0)) }
        members["height"] = model.height.map { .integer(Int64($0)) }
        members["use"] = model.use.map { .string($0) }
        members["price"] = price?.json
        if let inputs = model.inputs, !inputs.exactlyOneOf.isEmpty {
            members["exactlyOneOf"] = .array(inputs.exactlyOneOf.map { .string($0) })
        }
        return .object(members)
    }
}

extension Price: CustomStringConvertible {
    /// "$0.04/s", "$0.01–$0.02 a picture"
    public var description: String {
        switch rate {
        case .perSecond(let amount): return "\(amount)/s"
        case .perPicture(let amounts):
            let sorted = amounts.values.sorted()
            guard let least = sorted.first, let most = sorted.last else { return "" }
            return "\(least == most ? "\(least)" : "\(least)–\(most)") a picture"
        }
    }
}
