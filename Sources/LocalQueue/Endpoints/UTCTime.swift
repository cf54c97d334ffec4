import FoundationEssentials

/// Times in the API's format: `2026-08-01T12:00:00Z`.
enum UTCTime {
    static func text(_ unixSeconds: Double) -> String {
        Date(timeIntervalSince1970: unixSeconds).formatted(.iso8601)
    }
}
