/// What jobs cost, by the path they are posted to. Data, and as old as the day it was read on: an estimate, never a
/// bill.
public struct PriceList: Hashable, Sendable {
    /// By path, such as `/v1/jobs/lucy-2.5`.
    public private(set) var rows: [String: Price]

    public init(rows: [String: Price]) {
        self.rows = rows
    }

    /// What the service's documentation says.
    public static let builtIn = PriceList(rows: documented)

    /// The price of a job that is posted to `path`; nil where there is none.
    ///
    /// - Parameters:
    ///   - use: the model that a deprecated name stands for.
    ///   - canonical: the model that the server says an alias means at present.
    public func price(of path: String, use: String? = nil, canonical: String? = nil) -> Price? {
        if let row = rows[path] { return row }
        guard let folder = path.lastIndex(of: "/").map({ path[...$0] }) else { return nil }
        return [canonical, use].lazy.compactMap { $0 }.compactMap { rows["\(folder)\($0)"] }.first
    }

    /// Takes the rows of `other` in place of those for the same paths.
    public mutating func replace(with other: PriceList) {
        rows.merge(other.rows) { _, new in new }
    }

    /// Raises the price of `path`: never lowers it, since a script must not be able to slip under a cap. A path without
    /// a price gets this one.
    ///
    /// - Parameter isPicture: whether a path without a price makes pictures; else it makes videos by the second.
    public mutating func raise(_ path: String, to floor: Money, isPicture: Bool, on day: String) {
        if let row = rows[path] {
            rows[path] = row.raised(to: floor, on: day)
        } else {
            rows[path] = Price(
                isPicture ? .perPicture(["480p": floor, "720p": floor]) : .perSecond(floor), readOn: day)
        }
    }
}
