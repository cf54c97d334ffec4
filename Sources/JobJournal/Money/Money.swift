/// An amount of money in whole millionths of a dollar, so that sums are exact.
public struct Money: Hashable, Comparable, Sendable {
    /// Millionths of a dollar.
    public var micros: Int64

    public static let zero = Money(micros: 0)

    public init(micros: Int64) {
        self.micros = micros
    }

    /// `dollars` to the nearest millionth; nil for a negative amount, one that is not a number, and one beyond a
    /// billion dollars.
    public init?(dollars: Double) {
        guard dollars >= 0, dollars <= 1e9 else { return nil }
        micros = Int64((dollars * 1e6).rounded())
    }

    /// An amount as people type it, such as `5` or `0.5`; nil for anything else.
    public init?(typed text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
            let dollars = Double(text)
        else { return nil }
        self.init(dollars: dollars)
    }

    public var dollars: Double { Double(micros) / 1e6 }

    public static func < (left: Money, right: Money) -> Bool { left.micros < right.micros }

    /// Saturates: a sum that does not fit is above every cap, not below.
    public static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.micros.addingReportingOverflow(right.micros)
        return Money(micros: overflow ? (left.micros < 0 ? .min : .max) : sum)
    }

    /// Saturates as `+` does.
    public static func * (amount: Money, count: Int) -> Money {
        let (product, overflow) = amount.micros.multipliedReportingOverflow(by: Int64(count))
        return Money(micros: overflow ? ((amount.micros < 0) != (count < 0) ? .min : .max) : product)
    }
}

extension Money: CustomStringConvertible {
    /// Such as `$0.50`: two decimals, and as many more as are not zero.
    public var description: String {
        let magnitude = micros.magnitude
        var decimals = String(magnitude % 1_000_000)
        decimals = String(repeating: "0", count: 6 - decimals.count) + decimals
        while decimals.count > 2, decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(micros < 0 ? "-" : "")$\(magnitude / 1_000_000).\(decimals)"
    }
}
