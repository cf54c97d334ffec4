#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many requests a second a service bears of all processes of an account together, as far as its refusals tell.
///
/// A 429 halves what was allowed, or what is asked for where nothing was; refusals within five seconds are one. After
/// half a minute without one it grows by a hundredth a second, until it is four times what is asked for and limits
/// nothing. Each process has the share that its own demand has in the demand of all.
///
///     halved to 4 a second;  after 30 s 4;  after 100 s 8;  asked for: 3 a second → after 140 s no limit
public struct SharedRate: Hashable, Sendable {
    /// Requests a second just after it was last halved.
    public var perSecond: Double
    /// Milliseconds since 1970.
    public var halvedAt: Int64

    /// Milliseconds in which all refusals are one.
    public static let oneEvent: Int64 = 5000
    static let quiet: Int64 = 30_000
    static let growth = 1.01
    /// A refusing service is still asked once in 100 s.
    static let least = 0.01

    public init(perSecond: Double, halvedAt: Int64) {
        self.perSecond = perSecond
        self.halvedAt = halvedAt
    }

    /// - Parameter wanted: requests a second that all processes would make by themselves.
    /// - Returns: requests a second for all; nil for no limit.
    public func allowed(wanted: Double, at time: Int64) -> Double? {
        let seconds = Double(max(0, time - halvedAt - Self.quiet)) / 1000
        let allowed = perSecond * pow(Self.growth, min(seconds, 10_000))
        return allowed > 4 * wanted && seconds > 0 ? nil : allowed
    }

    /// One process's part of what is allowed.
    public func share(of own: Double, in wanted: Double, at time: Int64) -> Double? {
        guard let allowed = allowed(wanted: wanted, at: time) else { return nil }
        guard wanted > 0 else { return allowed }
        return max(Self.least, allowed * own / wanted)
    }

    /// After a refusal at `time`; nil where it is one of those that were counted already.
    public static func halved(_ rate: SharedRate?, wanted: Double, at time: Int64) -> SharedRate? {
        if let rate, time - rate.halvedAt < oneEvent { return nil }
        let before = rate?.allowed(wanted: wanted, at: time) ?? wanted
        return SharedRate(perSecond: max(least, min(before, max(wanted, least)) / 2), halvedAt: time)
    }
}
