public import LiveDocument

/// A document as lines for pipes and logs: each change is one line, without escapes.
public struct PlainLines: Sendable {
    private var shown: [ElementID: [ElementProperty: PropertyValue]] = [:]

    public init() {}

    /// The lines that say what is new since the last call.
    public mutating func lines(for document: inout LiveDocument) -> [String] {
        document.takeChanges().compactMap { line(for: $0, in: document) }
    }

    private mutating func line(for id: ElementID, in document: LiveDocument) -> String? {
        let now = document.properties(of: id)
        let before = shown.updateValue(now, forKey: id) ?? [:]
        let news = ElementProperty.allCases.filter { now[$0] != before[$0] }
        guard !news.isEmpty else { return nil }
        let parts = news.map { property in
            switch (property, now[property]) {
            case (_, nil): "(\(property.rawValue) cleared)"
            case (.value, .number(let number)?): Self.percent(number)
            case (_, .number(let number)?): Self.plain(number)
            case (_, .text(let text)?): Self.oneLine(text)
            }
        }
        return "\(document.name(of: id)): \(parts.joined(separator: " "))"
    }

    /// A progress bar's value: its `max` is 100.
    private static func percent(_ value: Double) -> String { "\(plain(value)) %" }

    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }

    /// Line breaks and control characters would break the line, or drive the terminal.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : $0 }))
    }
}
