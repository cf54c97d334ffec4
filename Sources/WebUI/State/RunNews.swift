/// How the run is doing, as pages show it.
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

    /// It ends once. Ctrl-C while the page is still served does not change how.
    mutating func end(as status: Status) {
        guard self.status == .running else { return }
        self.status = status
        version += 1
    }
}
