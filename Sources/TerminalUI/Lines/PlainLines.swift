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

    /// The lines that describe the whole document, without hidden elements.
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
        // A maximum is shown with the value.
        if let maximum = news.removeValue(forKey: .max), news[.value] == nil {
            if let value = document.value(.value, of: change.id) {
                news[.value] = .some(value)
            } else {
                news[.max] = maximum
            }
        }
        let parts = ElementProperty.allCases.compactMap { property -> String? in
            news[property].flatMap { part(property, $0, of: change, in: document) }
        }
        guard !parts.isEmpty else { return nil }
        let text = parts.joined(separator: " ")
        if let name = change.name { return "\(ScriptText(name).plain): \(text)" }
        // Text that people read explains itself.
        let isText = news.allSatisfy { property, value in
            property == .textContent && value != nil || property.event != nil
        }
        return isText && readsAsText(change.tag.role) ? text : "\(change.tag.rawValue) #\(change.id.number): \(text)"
    }

    private static func readsAsText(_ role: ElementRole) -> Bool {
        switch role {
        case .text, .heading, .preformatted, .group, .item, .cell: true
        case .table, .row, .bar, .media, .button, .field: false
        }
    }

    private static func part(
        _ property: ElementProperty, _ value: PropertyValue?, of change: ElementChange, in document: LiveDocument
    ) -> String? {
        let type = property.definition.type
        if case .event = type { return nil }
        if let words = property.definition.flagWords { return "(\(value == nil ? words.cleared : words.set))" }
        return switch value {
        case nil: "(\(property.name) cleared)"
        case .text(let text)?: type == .word ? "(\(ScriptText(text).plain))" : ScriptText(text).plain
        case .number? where property == .value: ElementText.value(of: change.id, in: document)
        case .number(let number)?: "(\(property.name) \(ElementText.plain(number)))"
        case .flag(let flag)?: "(\(property.name) \(flag))"
        // Without an id, the line begins with the tag's name.
        case .media(let source)?:
            change.name == nil ? ElementText.name(of: source) : ElementText.media(of: change.id, in: document)
        }
    }
}
