internal import LiveDocument
internal import NIOCore

/// What is new to a page.
struct PageNews: Sendable {
    let events: String
    /// The same as it goes to the connection. Pages that are told the same share it.
    let chunk: ByteBuffer
    /// Of the page, once it has them.
    let position: PageState.Position

    /// - Parameter shelf: knows the ids of the files that are shown.
    init(_ news: PageState.News, shelf: MediaShelf) {
        var events: [ServerEvent] = []
        if let patch = news.patch {
            events.append(
                ServerEvent(
                    id: patch.sequence, name: patch.isWholeState ? "state" : "patch",
                    data: MessageText.of(PatchMessage(patch, shelf: shelf))))
        }
        if let run = news.run { events.append(ServerEvent(name: "run", data: MessageText.of(RunMessage(run)))) }
        if news.reloads { events.append(ServerEvent(name: "reload", data: "{}")) }
        if news.ends { events.append(ServerEvent(name: "end", data: "{}")) }
        self.events = events.map(\.text).joined()
        chunk = HTTPChunk.bytes(self.events)
        position = news.position
    }
}
