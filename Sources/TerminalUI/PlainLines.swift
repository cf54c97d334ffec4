public import LiveDocument

/// A document as lines for pipes and logs: each change is one line, without escapes.
public struct PlainLines: Sendable {
    private var sequence = 0

    public init() {}

    /// The lines that say what is new since the last call.
    public mutating func lines(for document: inout LiveDocument) -> [String] {
        guard document.hasChanges(since: sequence), let patch = document.patch(since: sequence) else { return [] }
        sequence = patch.sequence
        var lines: [String] = []
        if let title = patch.title, !title.isEmpty { lines.append(Self.oneLine(title)) }
        for change in patch.elements {
            if let line = Self.line(for: change, in: document) { lines.append(line) }
        }
        return lines
    }

    private static func line(for change: ElementChange, in document: LiveDocument) -> String? {
        let parts = ElementProperty.allCases.compactMap { property -> String? in
            guard let value = change.properties[property] else { return nil }
            return part(property, value, of: change.id, in: document)
        }
        guard !parts.isEmpty else { return nil }
        let text = parts.joined(separator: " ")
        return change.name.map { "\(oneLine($0)): \(text)" } ?? text
    }

    private static func part(
        _ property: ElementProperty, _ value: PropertyValue?, of id: ElementID, in document: LiveDocument
    ) -> String? {
        switch (property, value) {
        case (.onclick, _), (.oninput, _): return nil
        case (.hidden, let value): return value == nil ? "(shown again)" : "(hidden)"
        case (.disabled, let value): return value == nil ? "(enabled)" : "(disabled)"
        case (_, nil): return "(\(property.name) cleared)"
        case (.className, .text(let name)?): return "(\(oneLine(name)))"
        case (.max, .number(let number)?):
            return change(document, id) ? nil : "(of \(plain(number)))"
        case (.value, .number(let number)?):
            if let maximum = document.number(.max, of: id) { return "\(plain(number)) of \(plain(maximum))" }
            return document.tag(of: id) == .progress ? "\(plain(number)) %" : plain(number)
        case (_, .number(let number)?): return plain(number)
        case (_, .text(let text)?): return oneLine(text)
        case (_, .media(let source)?): return oneLine("\(document.tag(of: id).rawValue) \(name(of: source))")
        case (_, .flag?): return nil
        }
    }

    private static func change(_ document: LiveDocument, _ id: ElementID) -> Bool {
        document.value(.value, of: id) != nil
    }

    private static func name(of source: MediaSource) -> String {
        switch source {
        case .path(let text), .url(let text): text
        case .blob(let blob): "\(blob.name ?? blob.type) (\(blob.size) bytes)"
        }
    }

    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }

    /// Line breaks and control characters would break the line, or drive the terminal.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : $0 }))
    }
}
