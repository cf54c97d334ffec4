/// How long the service keeps a file.
public enum FileLifetime: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// Seconds, from a minute to thirty days.
    case seconds(Int64)
    /// Until it is deleted.
    case persistent

    /// The range of `seconds`.
    public static let range: ClosedRange<Int64> = 60...2_592_000
    /// The word that `ttl_seconds` takes instead of a number.
    public static let persistentWord = "persistent"

    public init(integerLiteral seconds: Int64) {
        self = .seconds(seconds)
    }

    /// As an input, for `FileUpload.schema` to check, and as the form carries it.
    public var value: InputValue {
        switch self {
        case .seconds(let seconds): .integer(seconds)
        case .persistent: .bytes(Array(Self.persistentWord.utf8))
        }
    }
}
