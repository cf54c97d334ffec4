internal import RunClock

/// Which pages are open. A page that says goodbye was closed or is being reloaded; one whose connection was lost,
/// or that has no stream of its own, may be back in a moment.
struct Presence: Sendable {
    /// How long a reloaded page may take to come back.
    static let reloading = Duration.seconds(2)
    /// How long a lost page may take to reconnect: as long as it tries, and a little more.
    static let reconnecting = Duration.seconds(30)

    private struct Page: Sendable {
        var connections = 0
        var leftAt: RunInstant?
        var saidGoodbye = false

        /// The time until which it may come back; nil while it is connected.
        var closedAt: RunInstant? {
            guard connections == 0, let leftAt else { return nil }
            return leftAt + (saidGoodbye ? Presence.reloading : Presence.reconnecting)
        }
    }

    private let limit: Int
    private var pages: [String: Page] = [:]
    private var hasEverBeenOpen = false

    /// - Parameter limit: how many pages may be connected at a time.
    init(limit: Int = 256) {
        self.limit = limit
    }

    var connections: Int { pages.values.reduce(0) { $0 + $1.connections } }

    /// - Returns: false if there are as many as are allowed.
    mutating func connect(_ page: String, at now: RunInstant) -> Bool {
        pages = pages.filter { $0.value.closedAt.map { $0 > now } ?? true }
        guard connections < limit else { return false }
        hasEverBeenOpen = true
        pages[page, default: Page()].connections += 1
        pages[page]?.saidGoodbye = false
        return true
    }

    mutating func disconnect(_ page: String, at now: RunInstant) {
        pages[page]?.connections -= 1
        pages[page]?.leftAt = now
    }

    mutating func sayGoodbye(_ page: String) {
        pages[page]?.saidGoodbye = true
    }

    func hasOpenPages(at now: RunInstant) -> Bool { hasEverBeenOpen && !areAllClosed(at: now) }

    /// Whether pages were open and no longer are. False before the first page was opened.
    func areAllClosed(at now: RunInstant) -> Bool {
        hasEverBeenOpen && pages.values.allSatisfy { page in page.closedAt.map { $0 <= now } ?? false }
    }

    /// When `areAllClosed` becomes true by itself; nil while a page is open, or if none ever was.
    var allClosedAt: RunInstant? {
        guard hasEverBeenOpen else { return nil }
        var last: RunInstant?
        for page in pages.values {
            guard let closed = page.closedAt else { return nil }
            last = max(last ?? closed, closed)
        }
        return last ?? .start
    }
}
