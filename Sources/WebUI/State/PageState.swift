internal import LiveDocument

/// Everything that pages are shown, and which pages there are. A value: what happens when is decided here, without
/// sockets.
struct PageState: Sendable {
    private(set) var document = LiveDocument()
    private(set) var shelf = MediaShelf()
    private(set) var run = RunNews()
    /// Counts the frames in which pages are shown what has changed.
    private var frame = 0
    /// How often pages were asked to reload.
    private(set) var reloads = 0
    /// The server is about to end.
    private(set) var isEnding = false
    var presence = Presence()
    /// Ids that some page lacked, each reported once.
    private var missed: Set<ElementID> = []
    /// What the user's page asked for and was refused, each reported once.
    private var refusals: Set<String> = []
    private static let refusalLimit = 10

    /// How far one page is up to date.
    struct Position: Hashable, Sendable {
        /// The document's sequence number; 0 for nothing yet.
        var sequence = 0
        var run = -1
        var reloads: Int
        var hasEnded = false
        /// There is no news until the next frame.
        var frame = -1
    }

    /// What is new to one page.
    struct News: Sendable {
        var patch: DocumentPatch?
        var run: RunNews?
        var reloads = false
        var ends = false
        var position: Position
    }

    mutating func apply(_ patch: DocumentPatch) {
        document.apply(patch)
        shelf.update(for: patch, in: document)
    }

    /// The starting position of a page that comes with this `Last-Event-ID`.
    func position(after sequence: Int?) -> Position {
        Position(sequence: max(0, sequence ?? 0), reloads: reloads)
    }

    /// The position of a page that is up to date.
    var here: Position {
        Position(sequence: document.sequence, run: run.version, reloads: reloads, hasEnded: isEnding, frame: frame)
    }

    /// nil if the page is up to date.
    mutating func news(for position: Position) -> News? {
        guard position.frame != frame else { return nil }
        var news = News(position: position)
        let isNew = position.run < 0 && position.sequence == 0
        news.patch = isNew ? document.state() : document.patch(since: position.sequence)
        if position.run != run.version { news.run = run }
        news.reloads = position.reloads != reloads
        news.ends = isEnding && !position.hasEnded
        news.position = here
        return news.patch == nil && news.run == nil && !news.reloads && !news.ends ? nil : news
    }

    mutating func nextFrame() { frame += 1 }

    mutating func report(_ error: String) { run.add(error) }
    mutating func end(as status: RunNews.Status) { run.end(as: status) }
    mutating func reload() {
        reloads += 1
        missed = []
        refusals = []
    }
    mutating func goAway() { isEnding = true }

    /// The name of an element that a page could not find; nil if that has been reported.
    mutating func misses(_ id: ElementID) -> String? {
        guard let name = document.name(of: id), missed.insert(id).inserted else { return nil }
        return name
    }

    /// What to report to the page's author; nil if it has been reported, or enough has.
    mutating func refused(_ complaint: String) -> String? {
        guard refusals.count <= Self.refusalLimit, refusals.insert(complaint).inserted else { return nil }
        return refusals.count > Self.refusalLimit
            ? ": there is more that it asks for and does not get; the browser's console has it all" : complaint
    }
}
