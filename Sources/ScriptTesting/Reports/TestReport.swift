/// Is told of results as they come, and shows them. Called by one at a time.
public protocol TestReport: Sendable {
    /// - Parameter count: how many results will come.
    func begin(count: Int)
    func add(_ result: TestResult)
    func end()
}

/// Where a report goes: text, as it is to appear.
public typealias TestOutput = @Sendable (String) -> Void
