public import DecartAPI

extension PriceList {
    /// Reads a file of prices:
    ///
    ///     {"read": "2026-09-01",
    ///      "prices": {"/v1/jobs/lucy-2.5": {"perSecond": 0.05},
    ///                 "/v1/generate/lucy-image-2": {"perPicture": {"480p": 0.01, "720p": 0.02}}}}
    ///
    /// Amounts are dollars. A row may have a `read` of its own.
    ///
    /// - Parameter name: of the file, for the message.
    /// - Throws: `INVALID_OPTIONS`, naming the row that cannot be understood.
    public init(json bytes: [UInt8], named name: String) throws(DecartError) {
        func invalid(_ fault: String) -> DecartError {
            DecartError(
                .invalidOptions,
                "The file of prices \(Excerpt.quoted(name, limit: 200)) \(fault). It looks like "
                    + "{\"read\": \"2026-09-01\", \"prices\": {\"/v1/jobs/MODEL\": {\"perSecond\": 0.05}}}.")
        }
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw invalid("is not JSON: \(error)")
        }
        guard case .object(let members)? = document["prices"] else { throw invalid("has no object \"prices\"") }
        var rows: [String: Price] = [:]
        for (path, value) in members {
            guard path.hasPrefix("/"), let rate = Price.Rate(value) else {
                throw invalid("has a row that is no price, \(Excerpt.quoted(path))")
            }
            rows[path] = Price(rate, readOn: value["read"]?.text ?? document["read"]?.text ?? "an unknown day")
        }
        self.init(rows: rows)
    }
}

extension Price {
    /// What `json` made.
    init?(json: JSONValue) {
        guard let rate = Rate(json) else { return nil }
        self.init(rate, readOn: json["read"]?.text ?? "an unknown day")
    }
}

extension Price.Rate {
    fileprivate init?(_ value: JSONValue) {
        if let amount = value["perSecond"]?.amount {
            self = .perSecond(amount)
        } else if case .object(let members)? = value["perPicture"], !members.isEmpty {
            let amounts = members.compactMapValues(\.amount)
            guard amounts.count == members.count else { return nil }
            self = .perPicture(amounts)
        } else {
            return nil
        }
    }
}

extension JSONValue {
    fileprivate var amount: Money? {
        switch self {
        case .integer(let dollars): Money(dollars: Double(dollars))
        case .number(let dollars): Money(dollars: dollars)
        default: nil
        }
    }
}
