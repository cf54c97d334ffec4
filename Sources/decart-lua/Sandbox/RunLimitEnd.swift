import LuaVM
import ScriptRuntime
import Synchronization

/// Whether a run that has used up its time has been told so, with the line that it was at: what its code is stopped by then
/// is no second piece of news.
final class RunLimitEnd: Sendable {
    private let isTold = Atomic(false)

    func told() { isTold.store(true, ordering: .relaxed) }

    func covers(_ report: ScriptReport) -> Bool {
        guard isTold.load(ordering: .relaxed), case .failed(let error, _) = report,
            case .table(let object) = error.value
        else { return false }
        return object["code"].text == "CANCELLED"
    }
}
