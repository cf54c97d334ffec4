import ScriptRuntime
import Synchronization

/// What went wrong in a policy, as the runtime says it from wherever it runs.
final class LabFailures: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ report: ScriptReport) {
        let text =
            if case .failed(let error, _) = report { ErrorReport.message(of: error) } else { ErrorReport.text(of: report) }
        texts.withLock { $0.append(text) }
    }

    var first: String? { texts.withLock { $0.first } }
}
