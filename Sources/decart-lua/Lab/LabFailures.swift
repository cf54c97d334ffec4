import LuaVM
import ScriptRuntime
import Synchronization

/// What went wrong in a policy, as the runtime says it from wherever it runs.
final class LabFailures: Sendable {
    private struct Failure {
        var text: String
        var line: String?
    }

    private let failures = Mutex<[Failure]>([])

    func add(_ report: ScriptReport) {
        var failure = Failure(text: ErrorReport.text(of: report))
        if case .failed(let error, _) = report {
            failure.text = ErrorReport.message(of: error)
            if case .table(let object) = error.value { failure.line = object["where"].text }
        }
        failures.withLock { [failure] in $0.append(failure) }
    }

    /// What to say of the first.
    var first: String? { failures.withLock { $0.first?.text } }
    /// The line of the policy's at which it was raised.
    var line: String? { failures.withLock { $0.first?.line } }
}
