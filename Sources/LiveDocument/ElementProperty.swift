/// What can be set on an element, spelled as scripts and HTML do.
public enum ElementProperty: Int, Sendable, CaseIterable {
    case textContent, value, max, src, hidden, className, disabled
    /// Whether the script wants to know of clicks, or of input. The function itself stays with the script.
    case onclick, oninput

    public var name: String { Self.names[rawValue] }

    public init?(name: String) {
        guard let index = Self.names.firstIndex(of: name) else { return nil }
        self.init(rawValue: index)
    }

    private static let names = [
        "textContent", "value", "max", "src", "hidden", "className", "disabled", "onclick", "oninput",
    ]
}

public enum PropertyValue: Hashable, Sendable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case media(MediaSource)
}
