import ScriptRuntime
import Synchronization

/// What went wrong in a policy, as the runtime reports it from wherever it runs.
final class LabFailures: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ report: ScriptReport) {
        texts.withLock { $0.append(report.text) }
    }

    /// The message of the first.
    var first: String? { texts.withLock { $0.first } }
}
