/// What a submit is that comes under a known key, or as a known place in a run.
///
/// | the row it meets                   | verdict                                    |
/// |------------------------------------|--------------------------------------------|
/// | none, or one that frees its key    | `insert`                                   |
/// | another account's                  | `conflict(.account)`                       |
/// | with another content               | `conflict(.content)`                       |
/// | unknown, or sending by the dead    | `unknown`; `replace` if it is to pay twice |
/// | wanted, claimed, sending           | `wait`                                     |
/// | any other                          | `attach`                                   |
public enum KeyRule: Hashable, Sendable {
    case insert, attach, wait, unknown
    /// The key moves to the new row.
    case replace
    case conflict(KeyConflict)

    /// - Parameter isOwnerAlive: whether the process that has the row still runs.
    public static func verdict(
        on row: JobRow?, content: String, account: String, isOwnerAlive: Bool, paysTwice: Bool
    ) -> KeyRule {
        guard let row, !row.state.freesKey else { return .insert }
        // The account is a part of the content: said first, since it is the reason.
        guard row.account == account else { return .conflict(.account) }
        guard row.content == content else { return .conflict(.content) }
        switch row.state {
        case .unknown: return paysTwice ? .replace : .unknown
        case .sending where !isOwnerAlive: return paysTwice ? .replace : .unknown
        case .wanted, .claimed, .sending: return .wait
        default: return .attach
        }
    }
}
