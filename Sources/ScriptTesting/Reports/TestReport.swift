/// Takes results as they come, and shows them. Called by one caller at a time.
public protocol TestReport: Sendable {
    /// - Parameter count: how many results will come.
    func begin(count: Int)
    func add(_ result: TestResult)
    func end()
}

/// Receives the report's text.
public typealias TestOutput = @Sendable (String) -> Void
