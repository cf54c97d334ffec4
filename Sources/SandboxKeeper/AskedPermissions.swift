import ScriptPermissions

/// What the user has said in this run: who has answered for good is not asked again.
///
/// A script may ask for one thing after the other to make somebody tired of saying no. So a no holds for the run, and
/// after some in a row nothing is asked any more.
struct AskedPermissions: Sendable {
    private struct Thing: Hashable {
        var kind: PermissionKind
        var what: [UInt8]
    }

    /// How many times in a row somebody says no until nothing is asked any more.
    static let patience = 5

    private var allowed: Set<Thing> = []
    private var refused: Set<Thing> = []
    private var noes = 0

    /// What is known without asking; nil: nothing is.
    func known(_ question: PermissionQuestion) -> Bool? {
        let things = question.kinds.map { Thing(kind: $0, what: question.what) }
        if things.contains(where: refused.contains) { return false }
        if things.allSatisfy(allowed.contains) { return true }
        return noes >= Self.patience ? false : nil
    }

    /// The kinds of it that have not been allowed for the whole run.
    func open(_ question: PermissionQuestion) -> PermissionQuestion {
        PermissionQuestion(
            kinds: question.kinds.filter { !allowed.contains(Thing(kind: $0, what: question.what)) },
            what: question.what)
    }

    mutating func answered(_ question: PermissionQuestion, _ answer: PermissionAnswer) {
        noes = answer == .no ? noes + 1 : 0
        for kind in question.kinds {
            switch answer {
            case .once: break
            case .always: allowed.insert(Thing(kind: kind, what: question.what))
            case .no: refused.insert(Thing(kind: kind, what: question.what))
            }
        }
    }
}
