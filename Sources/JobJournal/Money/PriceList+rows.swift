extension PriceList {
    /// The day on which the service's documentation was read.
    public static let documentedOn = "2026-08-01"

    /// The service's published prices: a path, and what a job posted there costs. Names that stand for another model
    /// have no row of their own.
    static let documented: [String: Price] = {
        var rows: [String: Price] = [:]
        let perSecond: [(model: String, dollars: Double)] = [
            ("lucy-2.1", 0.04),
            ("lucy-2.5", 0.04),
            ("lucy-vton-2", 0.04),
            ("lucy-vton-3", 0.04),
            ("lucy-restyle-2", 0.01),
            ("lucy-clip", 0.15),
        ]
        for (model, dollars) in perSecond {
            rows["/v1/jobs/\(model)"] = Money(dollars: dollars).map { Price(.perSecond($0), readOn: documentedOn) }
        }
        let picture = Price(
            .perPicture(["480p": Money(micros: 10_000), "720p": Money(micros: 20_000)]), readOn: documentedOn)
        rows["/v1/generate/lucy-image-2"] = picture
        rows["/v1/jobs/lucy-image-2"] = picture
        return rows
    }()
}
