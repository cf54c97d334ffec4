public import LiveDocument
public import RunClock
internal import Synchronization

/// Where the run and the pages meet. The script's thread leaves patches here, the server's threads read them, each page
/// at its own pace. Nothing is queued for a page: a slow one gets the values that are current when it is ready.
public final class PageHub: Sendable {
    private struct Inside {
        var state: PageState
        var bells: [Int: @Sendable () -> Void] = [:]
        var nextBell = 0
        var frames = Throttle(interval: LiveDocument.frameInterval)
        /// The last news: most pages are at the same position and get the same.
        var latest: (from: PageState.Position, news: PageNews)?
        /// Events that the script's thread has not taken yet.
        var waitingEvents = 0
    }

    /// How many events may wait for the script. Pages that exceed it are told so.
    private static let eventLimit = 256

    let clock: any RunClock
    /// The sequence number of the last patch taken. Atomic only because others may hold the hub; one thread uses it.
    private let taken = Atomic(0)
    private let inside: Mutex<Inside>
    private let onEvent: @Sendable (_ event: DocumentEvent, _ taken: @escaping @Sendable () -> Void) -> Void
    private let onPresence: @Sendable () -> Void
    let onFetch: @Sendable (MediaSource) -> Void
    let openFile: @Sendable (_ path: String) -> OpenedFile?
    private let note: @Sendable (String) -> Void

    /// - Parameters:
    ///   - pageLimit: how many pages may be connected at a time.
    ///   - onEvent: passes what people do to elements to the script, from any thread; has to call `taken` once it is
    ///     there.
    ///   - onPresence: called when pages were opened or closed, from any thread.
    ///   - onFetch: called when a page is being sent this, or a part of it, from any thread.
    ///   - openFile: finds a file that the script shows, from any thread; nil: by its path.
    ///   - note: prints a line on standard error.
    public init(
        clock: any RunClock, pageLimit: Int = 256,
        onEvent: @escaping @Sendable (_ event: DocumentEvent, _ taken: @escaping @Sendable () -> Void) -> Void,
        onPresence: @escaping @Sendable () -> Void = {}, onFetch: @escaping @Sendable (MediaSource) -> Void = { _ in },
        openFile: (@Sendable (_ path: String) -> OpenedFile?)? = nil,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.clock = clock
        self.onEvent = onEvent
        self.onPresence = onPresence
        self.onFetch = onFetch
        self.openFile = openFile ?? { OpenedFile(path: $0, owner: nil) }
        self.note = note
        var state = PageState()
        state.presence = Presence(limit: pageLimit)
        inside = Mutex(Inside(state: state))
    }

    // MARK: The run's side

    /// Takes what is new in the script's document. Pages show it in frames of their own, which go on even while the
    /// script's thread is blocked. On the script's thread only.
    public func update(from document: inout LiveDocument) {
        let known = taken.load(ordering: .relaxed)
        guard document.hasChanges(since: known), let patch = document.patch(since: known) else { return }
        taken.store(patch.sequence, ordering: .relaxed)
        publish(patch)
    }

    /// Takes the patch that follows the last one.
    func publish(_ patch: DocumentPatch) { change { $0.apply(patch) } }

    /// An error of the script's, with its traceback.
    public func report(_ error: String) { change { $0.report(error) } }

    public func runEnded(isSuccess: Bool) { change { $0.end(as: isSuccess ? .finished : .failed) } }

    /// Says to all pages that nothing more will come: the server is about to end.
    public func sayGoodbye() {
        inside.withLock { inside in
            inside.state.goAway()
            inside.state.nextFrame()
        }
        ring()
    }

    var isEnding: Bool { inside.withLock { $0.state.isEnding } }

    /// Whether a page is open now, or may be back in a moment.
    public var hasOpenPages: Bool {
        let now = clock.now
        return inside.withLock { $0.state.presence.hasOpenPages(at: now) }
    }

    /// Whether pages were open and are all closed now.
    public var areAllClosed: Bool {
        let now = clock.now
        return inside.withLock { $0.state.presence.areAllClosed(at: now) }
    }

    /// Returns when all pages have been closed, which cannot be before one was open, or when the task is cancelled.
    public func untilAllClosed() async {
        // Never more than once ahead.
        let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = subscribe { ringer.yield() }
        defer { unsubscribe(id) }
        var rings = bell.makeAsyncIterator()
        while !Task.isCancelled, !areAllClosed {
            if await rings.next() == nil { return }
        }
    }

    // MARK: The server's side

    /// Asks pages to reload: their file has changed.
    func reload() { change { $0.reload() } }

    /// Makes every stream check again, since some things change with time alone.
    func ring() {
        for bell in inside.withLock({ Array($0.bells.values) }) { bell() }
    }

    /// - Parameter bell: called when there may be news, from any thread.
    func subscribe(_ bell: @escaping @Sendable () -> Void) -> Int {
        inside.withLock { inside in
            inside.nextBell += 1
            inside.bells[inside.nextBell] = bell
            return inside.nextBell
        }
    }

    func unsubscribe(_ id: Int) {
        inside.withLock { _ = $0.bells.removeValue(forKey: id) }
    }

    /// A page counts as open as long as this is held.
    final class Visit: Sendable {
        private let hub: PageHub
        private let page: String

        init(_ page: String, to hub: PageHub) {
            self.page = page
            self.hub = hub
        }

        deinit { hub.disconnect(page) }
    }

    /// - Returns: nil if there are as many pages as are allowed.
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
    }

    func sayGoodbye(_ page: String) {
        inside.withLock { $0.state.presence.sayGoodbye(page) }
        expectClosing()
    }

    /// Checks again when the last page will have been away for long enough.
    private func expectClosing() {
        onPresence()
        guard let instant = inside.withLock({ $0.state.presence.allClosedAt }) else { return }
        clock.wake(at: instant) { [self] in
            onPresence()
            ring()
        }
    }

    func position(after sequence: Int?) -> PageState.Position {
        inside.withLock { $0.state.position(after: sequence) }
    }

    /// What is new to a page at that position; nil if nothing is.
    func news(for position: PageState.Position) -> PageNews? {
        let (found, shelf, latest) = inside.withLock { inside in
            if let (from, news) = inside.latest, from == position, news.position == inside.state.here {
                return (PageState.News?.none, inside.state.shelf, PageNews?.some(news))
            }
            return (inside.state.news(for: position), inside.state.shelf, nil)
        }
        if let latest { return latest }
        guard let found else { return nil }
        // Not under the lock: the script's thread may be waiting for it.
        let news = PageNews(found, shelf: shelf)
        inside.withLock { $0.latest = (position, news) }
        return news
    }

    /// The version of the user's page.
    var version: Int { inside.withLock { $0.state.reloads } }

    func source(_ id: String) -> MediaSource? { inside.withLock { $0.state.shelf.source(id) } }

    /// Passes an event to the script.
    /// - Returns: false if too many are waiting already.
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

    /// Whether that can be done to the element now.
    func accepts(_ event: DocumentEvent) -> Bool {
        inside.withLock { inside in
            let document = inside.state.document
            return document.flag(event.kind.property, of: event.target) && !document.flag(.disabled, of: event.target)
        }
    }

    /// A page has no element with that id.
    func misses(_ id: ElementID, in page: String) {
        guard let name = inside.withLock({ $0.state.misses(id) }) else { return }
        note("\(page) has no element with the id \"\(name)\"; what the script sets on it is not shown there")
    }

    /// Something that the user's page asked for was refused, by its browser or by us.
    /// - Parameter complaint: follows the page's name in a message.
    func refused(_ complaint: String, in page: String) {
        guard let news = inside.withLock({ $0.state.refused(complaint) }) else { return }
        note("\(page)\(news)")
    }

    private func change(_ body: (inout PageState) -> Void) {
        let now = clock.now
        let due = inside.withLock { inside -> RunInstant? in
            body(&inside.state)
            return inside.frames.want(at: now)
        }
        guard let due else { return }
        if due <= now { showFrame() } else { clock.wake(at: due) { [self] in showFrame() } }
    }

    private func showFrame() {
        let now = clock.now
        inside.withLock { inside in
            inside.frames.happened(at: now)
            inside.state.nextFrame()
        }
        ring()
    }
}
