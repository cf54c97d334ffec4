internal import LiveDocument

/// What the page may fetch: the files and blobs that elements show now, each under an id that reveals nothing about it.
struct MediaShelf: Sendable {
    private var ids: [MediaSource: String] = [:]
    private var sources: [String: MediaSource] = [:]
    private var showing: [ElementID: MediaSource] = [:]

    /// The id of a source that some element shows; nil for a web address, which pages fetch themselves.
    func id(of source: MediaSource) -> String? { ids[source] }

    func source(_ id: String) -> MediaSource? { sources[id] }

    /// Adds what the patch shows, and drops what is no longer shown.
    mutating func update(for patch: DocumentPatch, in document: LiveDocument) {
        var isDifferent = false
        for change in patch.elements {
            guard let value = change.properties[.src] else {
                isDifferent = isDifferent || change.children != nil
                continue
            }
            isDifferent = true
            guard case .media(let source)? = value else {
                showing[change.id] = nil
                continue
            }
            showing[change.id] = source
            add(source)
        }
        guard isDifferent, !showing.isEmpty || !ids.isEmpty else { return }
        showing = showing.filter { document.contains($0.key) }
        let shown = Set(showing.values)
        for (source, id) in ids where !shown.contains(source) {
            ids[source] = nil
            sources[id] = nil
        }
    }

    private mutating func add(_ source: MediaSource) {
        if case .url = source { return }
        guard ids[source] == nil else { return }
        var random = SystemRandomNumberGenerator()
        let id = String(UInt64.random(in: .min ... .max, using: &random), radix: 36)
        ids[source] = id
        sources[id] = source
    }
}
