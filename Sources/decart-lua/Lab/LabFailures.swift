import ScriptRuntime
import Synchronization

/// What went wrong in a policy, as the runtime says it from wherever it runs.
final class LabFailures: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ report: ScriptReport) {
        let text: String
        if case .failed(let error, _) = report {
            text = ErrorReport.message(of: error)
        } else {
            text = ErrorReport.text(of: report)
        }
        texts.withLock { $0.append(text) }
    }

    /// What to say of the first.
    var first: String? { texts.withLock { $0.first } }
}
