public import LiveDocument

/// A document as JSON, one object a line.
///
/// | `type` | members |
/// |---|---|
/// | `title` | `time`, `title` |
/// | `element` | `time`, `id` where it has one, `element` (its number), `tag`, and the properties that are new |
///
/// A property that was cleared is null, a flag false. A result that is shown brings its `size` and `job_id`.
public struct JSONLines: Sendable {
    private var sequence = 0

    public init() {}

    /// The lines that say what is new since the last call.
    /// - Parameter unixTime: when that is, in seconds since 1970.
    public mutating func lines(for document: inout LiveDocument, unixTime: Double) -> [String] {
        guard document.hasChanges(since: sequence), let patch = document.patch(since: sequence) else { return [] }
        sequence = patch.sequence
        var lines: [String] = []
        if let title = patch.title, !(patch.isWholeState && title.isEmpty) {
            var line = JSONLine(type: "title", unixTime: unixTime)
            line.add("title", title)
            lines.append(line.text)
        }
        return lines + patch.elements.compactMap { Self.line($0, unixTime) }
    }

    private static func line(_ change: ElementChange, _ unixTime: Double) -> String? {
        let news = ElementProperty.allCases.filter { change.properties[$0] != nil && $0.event == nil }
        guard !news.isEmpty else { return nil }
        var line = JSONLine(type: "element", unixTime: unixTime)
        if let name = change.name { line.add("id", name) }
        line.add("element", change.id.number)
        line.add("tag", change.tag.rawValue)
        for property in news {
            switch change.properties[property] ?? nil {
            case nil:
                if case .flag = property.definition.type {
                    line.add(property.name, false)
                } else {
                    line.addNull(property.name)
                }
            case .text(let text)?: line.add(property.name, text)
            case .number(let number)?: line.add(property.name, number)
            case .flag(let flag)?: line.add(property.name, flag)
            case .media(.path(let text))?, .media(.url(let text))?: line.add(property.name, text)
            case .media(.blob(let blob))?:
                line.add(property.name, blob.name ?? blob.type)
                line.add("size", blob.size)
                if let id = blob.jobID { line.add("job_id", id) }
            }
        }
        return line.text
    }
}
