/// A command line that cannot be run.
struct UsageError: Error {
    var message: String

    init(_ message: String) { self.message = message }
}
