import FoundationEssentials
import Glibc

/// The environment's variables that a run goes by.
///
/// They are asked for one by one: to put all of them into a dictionary takes a start longer than anything it asks for.
struct RunEnvironment: Sendable {
    /// nil: the process's own.
    private let given: [String: String]?

    /// The process's own variables.
    static let process = RunEnvironment(given: nil)

    private init(given: [String: String]?) {
        self.given = given
    }

    /// These, and no others.
    init(_ variables: [String: String]) {
        given = variables
    }

    subscript(name: String) -> String? {
        if let given { return given[name] }
        return getenv(name).map { String(cString: $0) }
    }

    var all: [String: String] { given ?? ProcessInfo.processInfo.environment }
}
