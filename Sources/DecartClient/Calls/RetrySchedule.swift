import DecartAPI

/// How long to wait before each retry, and when to stop: full jitter under a doubling cap.
///
/// | retry          | 1     | 2     | 3     | 4     | 5     | 6 and on |
/// |----------------|-------|-------|-------|-------|-------|----------|
/// | waits 0 up to  | 250   | 500   | 1000  | 2000  | 4000  | 5000 ms  |
///
/// A `Retry-After` is a floor: what the server asks for is waited in any case.
struct RetrySchedule: Hashable, Sendable {
    private static let base: Duration = .milliseconds(250)
    private static let cap: Duration = .seconds(5)

    let maxRetries: Int
    private(set) var retries = 0
    /// The try that comes next, unless it is the first.
    private(set) var retry: TransportRequest.Retry?

    init(maxRetries: Int) {
        self.maxRetries = maxRetries
    }

    /// The longest wait before retry number `retry`, counted from 1.
    static func longestWait(beforeRetry retry: Int) -> Duration {
        // 250 ms doubled five times is above the cap; more doubling would only overflow.
        min(cap, base * (1 << min(max(retry, 1) - 1, 5)))
    }

    /// Counts one more retry.
    ///
    /// - Parameters:
    ///   - chance: from 0 up to, but not including, 1.
    ///   - reason: what the last try came to.
    /// - Returns: how long to wait before it; nil when none is left.
    mutating func next(chance: Double, retryAfter: Duration?, because reason: String = "") -> Duration? {
        guard retries < maxRetries else { return nil }
        retries += 1
        retry = TransportRequest.Retry(number: retries, reason: reason)
        let wait = Self.longestWait(beforeRetry: retries) * chance
        return max(wait, retryAfter ?? .zero)
    }

    /// Something came of the last try: a later failure is a new one.
    mutating func progressed() {
        retries = 0
    }
}
