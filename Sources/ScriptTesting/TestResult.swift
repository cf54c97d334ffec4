public import DecartAPI

/// One test, by where it is written.
public struct TestName: Hashable, Sendable {
    /// The path as it was given or found.
    public var file: BytePath
    /// With the names of the `describe`s around it.
    public var name: String
    /// The line of its `it`; nil if that is not known.
    public var line: Int?

    public init(file: BytePath, name: String, line: Int? = nil) {
        self.file = file
        self.name = name
        self.line = line
    }

    /// "poll_test.lua:7".
    public var place: String { line.map { "\(file):\($0)" } ?? file.description }
}

/// The outcome of one test.
public struct TestResult: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
        case passed
        case failed(Failure)
        /// It was not run, or not to its end, as the test itself says.
        case pending(reason: String)
        /// There is no test: its file cannot be loaded.
        case notLoaded(Failure)
    }

    public struct Failure: Hashable, Sendable {
        /// Several lines, where two values are compared.
        public var message: String
        /// The user's lines that led there, innermost first: "poll_test.lua:9: in function …".
        public var lines: [String]

        public init(message: String, lines: [String] = []) {
            self.message = message
            self.lines = lines
        }
    }

    public var test: TestName
    public var verdict: Verdict
    /// Seconds of real time.
    public var seconds: Double
    /// What the test and its script printed.
    public var output: String

    public init(test: TestName, verdict: Verdict, seconds: Double = 0, output: String = "") {
        self.test = test
        self.verdict = verdict
        self.seconds = seconds
        self.output = output
    }

    public var failure: Failure? {
        switch verdict {
        case .passed, .pending: nil
        case .failed(let failure), .notLoaded(let failure): failure
        }
    }
}

/// How many of which.
public struct TestCounts: Hashable, Sendable {
    public var passed = 0
    public var failed = 0
    public var pending = 0
    public var notLoaded = 0

    public init(_ results: some Sequence<TestResult> = []) {
        for result in results { add(result) }
    }

    mutating func add(_ result: TestResult) {
        switch result.verdict {
        case .passed: passed += 1
        case .failed: failed += 1
        case .pending: pending += 1
        case .notLoaded: notLoaded += 1
        }
    }

    public var allWentWell: Bool { failed == 0 && notLoaded == 0 }
}
