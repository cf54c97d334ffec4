public import LiveDocument

/// A document as lines for pipes and logs: each element that changed is one line with what is new, without escapes.
public struct PlainLines: Sendable {
    private var sequence = 0

    public init() {}

    /// The lines that say what is new since the last call.
    public mutating func lines(for document: inout LiveDocument) -> [String] {
        guard document.hasChanges(since: sequence), let patch = document.patch(since: sequence) else { return [] }
        sequence = patch.sequence
        var lines: [String] = []
        if let title = patch.title, !title.isEmpty { lines.append(ScriptText(title).plain) }
        for change in patch.elements {
            if let line = Self.line(change, in: document) { lines.append(line) }
        }
        return lines
    }

    /// The lines that say how the document stands, hidden elements left out.
    public static func state(of document: LiveDocument) -> [String] {
        var document = document
        let state = document.state()
        return ([state.title].compactMap { $0 }.filter { !$0.isEmpty }.map { ScriptText($0).plain })
            + state.elements.compactMap { isHidden($0.id, in: document) ? nil : line($0, in: document) }
    }

    private static func isHidden(_ id: ElementID, in document: LiveDocument) -> Bool {
        var at: ElementID? = id
        while let here = at {
            if document.flag(.hidden, of: here) { return true }
            at = document.parent(of: here)
        }
        return false
    }

    private static func line(_ change: ElementChange, in document: LiveDocument) -> String? {
        var news = change.properties
        // A maximum is told of with the value.
        if let maximum = news.removeValue(forKey: .max), news[.value] == nil {
            if let value = document.value(.value, of: change.id) {
                news[.value] = .some(value)
            } else {
                news[.max] = maximum
            }
        }
        let parts = ElementProperty.allCases.compactMap { property -> String? in
            news[property].flatMap { part(property, $0, of: change.id, in: document) }
        }
        guard !parts.isEmpty else { return nil }
        let text = parts.joined(separator: " ")
        return change.name.map { "\(ScriptText($0).plain): \(text)" } ?? text
    }

    private static func part(
        _ property: ElementProperty, _ value: PropertyValue?, of id: ElementID, in document: LiveDocument
    ) -> String? {
        switch (property, value) {
        case (.onclick, _), (.oninput, _): nil
        case (.hidden, let value): value == nil ? "(shown)" : "(hidden)"
        case (.disabled, let value): value == nil ? "(enabled)" : "(disabled)"
        case (_, nil): "(\(property.name) cleared)"
        case (.value, _): ElementText.progress(of: id, in: document)
        case (.src, _): ElementText.media(of: id, in: document)
        case (.className, .text(let text)?): "(\(ScriptText(text).plain))"
        case (.max, .number(let number)?): "(up to \(ElementText.plain(number)))"
        case (_, .text(let text)?): ScriptText(text).plain
        case (_, .number(let number)?): ElementText.plain(number)
        default: nil
        }
    }
}
