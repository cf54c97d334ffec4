/// How the run is getting on, as pages tell it.
struct RunNews: Hashable, Sendable {
    enum Status: String, Sendable, Encodable {
        case running, finished, failed
    }

    private(set) var status = Status.running
    /// With their tracebacks, the oldest first.
    private(set) var errors: [String] = []
    /// Counts the changes.
    private(set) var version = 0

    /// An interval may fail for ever.
    private static let errorLimit = 20
    /// Characters of one error.
    private static let lengthLimit = 20_000

    mutating func add(_ error: String) {
        guard errors.count <= Self.errorLimit else { return }
        let isLast = errors.count == Self.errorLimit
        errors.append(
            isLast ? "There were more errors; standard error has them all." : String(error.prefix(Self.lengthLimit)))
        version += 1
    }

    mutating func end(as status: Status) {
        self.status = status
        version += 1
    }
}
