/// Where a paid job stands, as far as it was written down.
///
/// ```
/// wanted → claimed → sending → accepted → running → completed → fetched | consumed
/// ```
///
/// | from                          | event       | to          | meaning                                              |
/// |-------------------------------|-------------|-------------|------------------------------------------------------|
/// | wanted                        | `claim`     | claimed     | a worker has taken it                                |
/// | claimed                       | `release`   | wanted      | its worker went away; nothing was sent               |
/// | claimed                       | `send`      | sending     | what follows may cost                                |
/// | sending                       | `recall`    | wanted      | a worker could not send it, and that will pass       |
/// | claimed                       | `decline`   | refused     | its worker cannot make a submit of it, or will not   |
/// | sending, claimed              | `refuse`    | refused     | the answer was no, or nothing ever left              |
/// | sending                       | `lose`      | unknown     | the reply was lost, or the process that waited for it |
/// | sending, unknown, abandoned   | `accept`    | accepted    | the id is here, however late                         |
/// | unknown                       | `abandon`   | abandoned   | a person says that there is no such job              |
/// | accepted                      | `run`       | running     | the server works on it                               |
/// | accepted, running             | `complete`  | completed   | there is a result to fetch                           |
/// | accepted, running             | `fail`      | failed      | there will be none                                   |
/// | accepted, running, completed  | `expire`    | expired     | the server does not know it any more                 |
/// | accepted, running, completed, consumed, fetched | `fetch` | fetched | the result is on disk                  |
/// | sending, unknown              | `fetch`     | fetched     | … of a call that answers with the result itself      |
/// | completed                     | `consume`   | consumed    | a script had the result in memory, and ended well    |
/// | wanted                        | `forget`    | forgotten   | nobody is to do it any more                          |
/// | refused, unknown, abandoned, fetched, consumed, failed, expired | `forget` | forgotten | only its charge is left |
///
/// Nothing in `unknown` is ever sent again by a machine: that could be a second bill.
public enum JobState: String, Sendable, CaseIterable {
    case wanted, claimed, sending, accepted, running, completed, fetched, consumed
    case refused, unknown, abandoned, failed, expired, forgotten

    /// Whether a result may still come of it: what `resume` goes on with.
    public var isOpen: Bool {
        switch self {
        case .accepted, .running, .completed: true
        default: false
        }
    }

    /// Whether somebody has had its result, which the server may still keep.
    public var hasResult: Bool {
        switch self {
        case .fetched, .consumed: true
        default: false
        }
    }

    /// Whether a key may be used again once its job is in this state.
    public var freesKey: Bool {
        switch self {
        case .refused, .abandoned, .forgotten: true
        default: false
        }
    }

    /// Where `event` leads from here; nil where it changes nothing.
    public func after(_ event: JobEvent) -> JobState? {
        event.sources.contains(self) ? event.target : nil
    }
}

/// What happens to a job; see the table of `JobState`.
public enum JobEvent: String, Sendable, CaseIterable {
    case claim, release, send, recall, decline, refuse, lose, accept, abandon, run, complete, fail, expire, fetch,
        consume, forget

    public var target: JobState {
        switch self {
        case .claim: .claimed
        case .release, .recall: .wanted
        case .send: .sending
        case .refuse, .decline: .refused
        case .lose: .unknown
        case .accept: .accepted
        case .abandon: .abandoned
        case .run: .running
        case .complete: .completed
        case .fail: .failed
        case .expire: .expired
        case .fetch: .fetched
        case .consume: .consumed
        case .forget: .forgotten
        }
    }

    /// The states in which it means something.
    public var sources: [JobState] {
        switch self {
        case .claim: [.wanted]
        case .release, .send, .decline: [.claimed]
        case .recall: [.sending]
        case .refuse: [.sending, .claimed]
        case .lose: [.sending]
        case .accept: [.sending, .unknown, .abandoned]
        case .abandon: [.unknown]
        case .run: [.accepted]
        case .complete, .fail: [.accepted, .running]
        case .expire: [.accepted, .running, .completed]
        case .fetch: [.sending, .unknown, .accepted, .running, .completed, .consumed, .fetched]
        case .consume: [.completed]
        case .forget: [.wanted, .refused, .unknown, .abandoned, .fetched, .consumed, .failed, .expired]
        }
    }
}
