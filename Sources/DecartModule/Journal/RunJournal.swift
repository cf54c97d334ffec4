public import DecartAPI

/// What another process, which has the journal, tells of this run's jobs.
public protocol RunJournal: Sendable {
    /// - Parameter wanted: an object with `state`, `label`, `name`, and `since` in milliseconds, each as far as it counts.
    func jobs(_ wanted: JSONValue) async throws(DecartError) -> [JSONValue]
    /// An object with `run` and `cap`, in dollars.
    func spend() async throws(DecartError) -> JSONValue
}
