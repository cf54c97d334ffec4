public import LiveDocument
public import RunClock
internal import Synchronization

/// Where the run and the pages meet: the script's thread leaves patches here, the server's threads read them, each page
/// at its own pace. Nothing is queued for a page: one that is slow gets the values that stand when it is ready.
public final class PageHub: Sendable {
    private struct Inside {
        var state: PageState
        var bells: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextBell = 0
        var pace = FramePace()
        /// The last patch as text: most pages are at the same point and get the same.
        var written: (from: Int, to: Int, text: String)?
        /// Events that the script's thread has not taken yet.
        var waitingEvents = 0
    }

    /// Pages that press buttons faster than a script looks are told so.
    private static let eventLimit = 256

    let clock: any RunClock
    private let inside: Mutex<Inside>
    private let onEvent: @Sendable (_ event: DocumentEvent, _ taken: @escaping @Sendable () -> Void) -> Void
    private let onPresence: @Sendable () -> Void
    private let note: @Sendable (String) -> Void

    /// - Parameters:
    ///   - pageLimit: how many pages may be connected at a time.
    ///   - onEvent: takes what people do to elements to the script, from any thread; to call `taken` when it is there.
    ///   - onPresence: pages were opened or closed; from any thread.
    ///   - note: shows a line on stderr.
    public init(
        clock: any RunClock, pageLimit: Int = 256,
        onEvent: @escaping @Sendable (_ event: DocumentEvent, _ taken: @escaping @Sendable () -> Void) -> Void,
        onPresence: @escaping @Sendable () -> Void = {}, note: @escaping @Sendable (String) -> Void
    ) {
        self.clock = clock
        self.onEvent = onEvent
        self.onPresence = onPresence
        self.note = note
        var state = PageState()
        state.presence = Presence(limit: pageLimit)
        inside = Mutex(Inside(state: state))
    }

    // MARK: The run's side

    /// Takes a patch that follows on the last one.
    public func publish(_ patch: DocumentPatch) { change { $0.apply(patch) } }

    /// An error of the script's, with its traceback.
    public func report(_ error: String) { change { $0.report(error) } }

    public func runEnded(well: Bool) { change { $0.end(as: well ? .finished : .failed) } }

    /// Tells pages that nothing more will come: the server is about to end.
    public func sayGoodbye() {
        inside.withLock { inside in
            inside.state.goAway()
            inside.state.nextFrame()
        }
        ring()
    }

    /// Says goodbye, and returns when every page has heard it, or the task is cancelled.
    public func untilAllHaveHeard() async {
        let (id, bell) = subscribe()
        defer { unsubscribe(id) }
        sayGoodbye()
        var rings = bell.makeAsyncIterator()
        while !Task.isCancelled, inside.withLock({ $0.state.presence.connections > 0 }) {
            if await rings.next() == nil { return }
        }
    }

    var isEnding: Bool { inside.withLock { $0.state.isEnding } }

    /// Whether some page is open now, or may be back in a moment.
    public var isSomebodyHere: Bool {
        let now = clock.now
        return inside.withLock { $0.state.presence.isSomebodyHere(at: now) }
    }

    /// Whether some page has fetched it, or a part of it.
    public func hasFetched(_ source: MediaSource) -> Bool {
        inside.withLock { $0.state.shelf.hasFetched(source) }
    }

    /// Whether pages were open and are closed now.
    public var areAllClosed: Bool {
        let now = clock.now
        return inside.withLock { $0.state.presence.areAllClosed(at: now) }
    }

    /// Returns when all pages have been closed, which is not before one was open; or when the task is cancelled.
    public func untilAllClosed() async {
        let (id, bell) = subscribe()
        defer { unsubscribe(id) }
        var rings = bell.makeAsyncIterator()
        while !Task.isCancelled, !areAllClosed {
            if await rings.next() == nil { return }
        }
    }

    // MARK: The server's side

    /// Asks pages to load themselves anew: their file has changed.
    func reload() { change { $0.reload() } }

    /// Lets everybody look again, for what comes with time.
    func ring() {
        for bell in inside.withLock({ Array($0.bells.values) }) { bell.yield() }
    }

    /// A stream that says "look again", never more than once ahead.
    func subscribe() -> (id: Int, bell: AsyncStream<Void>) {
        let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = inside.withLock { inside in
            inside.nextBell += 1
            inside.bells[inside.nextBell] = ringer
            return inside.nextBell
        }
        return (id, bell)
    }

    func unsubscribe(_ id: Int) {
        inside.withLock { $0.bells.removeValue(forKey: id) }?.finish()
    }

    /// A page is there as long as this is held.
    final class Visit: Sendable {
        private let hub: PageHub
        private let page: String

        init(_ page: String, to hub: PageHub) {
            self.page = page
            self.hub = hub
        }

        deinit { hub.disconnect(page) }
    }

    /// - Returns: nil: there are as many pages as there may be.
    func connect(_ page: String) -> Visit? {
        let now = clock.now
        guard inside.withLock({ $0.state.presence.connect(page, at: now) }) else { return nil }
        onPresence()
        return Visit(page, to: self)
    }

    private func disconnect(_ page: String) {
        let now = clock.now
        inside.withLock { $0.state.presence.disconnect(page, at: now) }
        expectClosing()
        if isEnding { ring() }
    }

    func sayGoodbye(_ page: String) {
        inside.withLock { $0.state.presence.sayGoodbye(page) }
        expectClosing()
    }

    /// Looks again when the last page will have been away for long enough.
    private func expectClosing() {
        onPresence()
        guard let instant = inside.withLock({ $0.state.presence.allGoneAt }) else { return }
        clock.wake(at: instant) { [self] in
            onPresence()
            ring()
        }
    }

    func position(after sequence: Int?) -> PageState.Position {
        inside.withLock { $0.state.position(after: sequence) }
    }

    /// What a page at that position has not been told, as events; nil: nothing.
    func news(for position: PageState.Position) -> (events: String, position: PageState.Position)? {
        let (found, shelf, written) = inside.withLock { inside in
            (inside.state.news(for: position), inside.state.shelf, inside.written)
        }
        guard let news = found else { return nil }
        var text = ""
        if let patch = news.patch {
            if let written, written.from == patch.from, written.to == patch.sequence {
                text += written.text
            } else {
                // Not under the lock: the script's thread may be at the door.
                let event = ServerEvent(
                    id: patch.sequence, name: patch.isWholeState ? "state" : "patch",
                    data: MessageText.of(PatchMessage(patch, shelf: shelf)))
                inside.withLock { $0.written = (patch.from, patch.sequence, event.text) }
                text += event.text
            }
        }
        if let run = news.run { text += ServerEvent(name: "run", data: MessageText.of(RunMessage(run))).text }
        if news.reloads { text += ServerEvent(name: "reload", data: "{}").text }
        if news.ends { text += ServerEvent(name: "end", data: "{}").text }
        return (text, news.position)
    }

    /// Which state of the user's page is to be seen.
    var version: Int { inside.withLock { $0.state.reloads } }

    /// Some page is being sent it.
    func fetched(_ source: MediaSource) { inside.withLock { $0.state.fetched(source) } }

    func source(_ id: String) -> MediaSource? { inside.withLock { $0.state.shelf.source(id) } }

    /// Takes an event to the script.
    /// - Returns: false: too many wait for it already.
    func deliver(_ event: DocumentEvent) -> Bool {
        let isWelcome = inside.withLock { inside in
            guard inside.waitingEvents < Self.eventLimit else { return false }
            inside.waitingEvents += 1
            return true
        }
        guard isWelcome else { return false }
        onEvent(event) { [self] in
            inside.withLock { $0.waitingEvents -= 1 }
        }
        return true
    }

    /// Whether somebody may do that to the element now.
    func accepts(_ event: DocumentEvent) -> Bool {
        inside.withLock { inside in
            let document = inside.state.document
            return document.flag(event.kind.property, of: event.target) && !document.flag(.disabled, of: event.target)
        }
    }

    /// Some page has no element of that id.
    func misses(_ id: ElementID, in page: String) {
        guard let name = inside.withLock({ $0.state.misses(id) }) else { return }
        note("\(page) has no element with the id \"\(name)\"; what the script sets on it is not shown there")
    }

    /// Something that the user's page asks for was refused, by its browser or by us.
    /// - Parameter complaint: for behind the page's name.
    func refused(_ complaint: String, in page: String) {
        guard let news = inside.withLock({ $0.state.refused(complaint) }) else { return }
        note("\(page)\(news)")
    }

    private func change(_ body: (inout PageState) -> Void) {
        let now = clock.now
        let decision = inside.withLock { inside in
            body(&inside.state)
            let decision = inside.pace.changed(at: now)
            if decision == .now { inside.state.nextFrame() }
            return decision
        }
        switch decision {
        case .now: ring()
        case .at(let instant): clock.wake(at: instant) { [self] in showFrame() }
        case .none: break
        }
    }

    private func showFrame() {
        let now = clock.now
        inside.withLock { inside in
            inside.pace.shown(at: now)
            inside.state.nextFrame()
        }
        ring()
    }
}
