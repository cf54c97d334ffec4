import Synchronization

/// What a run's aliases mean: each is asked for once, whoever needs it first.
public final class AliasBook: Sendable {
    private enum Entry {
        case asking([CheckedContinuation<String?, Never>])
        /// nil: the server cannot say.
        case known(String?)
    }

    private let entries = Mutex<[String: Entry]>([:])

    public init() {}

    /// - Parameter ask: is called by the first who wants to know; the others wait for what it finds.
    func meaning(of name: String, _ ask: () async -> String?) async -> String? {
        enum Step {
            case ask, wait
            case known(String?)
        }
        let step = entries.withLock { entries -> Step in
            switch entries[name] {
            case .known(let meaning)?: return .known(meaning)
            case .asking?: return .wait
            case nil:
                entries[name] = .asking([])
                return .ask
            }
        }
        switch step {
        case .known(let meaning): return meaning
        case .wait:
            return await withCheckedContinuation { continuation in
                let known = entries.withLock { entries -> String?? in
                    switch entries[name] {
                    case .known(let meaning)?: return .some(meaning)
                    case .asking(let waiting)?:
                        entries[name] = .asking(waiting + [continuation])
                        return nil
                    case nil: return .some(nil)
                    }
                }
                if let known { continuation.resume(returning: known) }
            }
        case .ask:
            let meaning = await ask()
            let waiting = entries.withLock { entries -> [CheckedContinuation<String?, Never>] in
                defer { entries[name] = .known(meaning) }
                if case .asking(let waiting)? = entries[name] { return waiting }
                return []
            }
            for continuation in waiting { continuation.resume(returning: meaning) }
            return meaning
        }
    }
}
