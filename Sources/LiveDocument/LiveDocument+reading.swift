extension LiveDocument {
    /// The last value set; nil if there is none.
    public func value(_ property: ElementProperty, of id: ElementID) -> PropertyValue? {
        nodes[id]?.properties[property.rawValue].value
    }

    /// The id by which the script knows it, if it has one.
    public func name(of id: ElementID) -> String? { nodes[id]?.name }

    public func text(_ property: ElementProperty, of id: ElementID) -> String? {
        if case .text(let text)? = value(property, of: id) { text } else { nil }
    }

    /// A number, even if it was set as text.
    public func number(_ property: ElementProperty, of id: ElementID) -> Double? {
        switch value(property, of: id) {
        case .number(let number)?: number
        case .text(let text)?: Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    public func flag(_ property: ElementProperty, of id: ElementID) -> Bool {
        value(property, of: id) == .flag(true)
    }

    public func media(of id: ElementID) -> MediaSource? {
        if case .media(let source)? = value(.src, of: id) { source } else { nil }
    }

    /// What an element is to be shown as. One that was not made with a tag takes its shape from what is set on it.
    ///
    /// | set | shape |
    /// |---|---|
    /// | `src` | `video`, or `img` for a picture |
    /// | `value` | `progress` |
    /// | anything else | `p`, a line of text |
    public func tag(of id: ElementID) -> ElementTag {
        guard let node = nodes[id] else { return .p }
        if let tag = node.givenTag { return tag }
        if case .media(let source)? = node.properties[ElementProperty.src.rawValue].value {
            return source.isPicture ? .img : .video
        }
        return node.properties[ElementProperty.value.rawValue].value == nil ? .p : .progress
    }

    /// What a bar's value goes up to; 100 unless set.
    public func maximum(of id: ElementID) -> Double { number(.max, of: id) ?? Self.defaultMaximum }

    private static let defaultMaximum: Double =
        if case .number(let maximum)? = ElementProperty.max.definition.defaultValue { maximum } else { 1 }

    /// How far a bar is, from 0 to 1; nil if it has no number.
    public func fraction(of id: ElementID) -> Double? {
        guard let value = number(.value, of: id) else { return nil }
        let maximum = maximum(of: id)
        return maximum > 0 ? min(1, Swift.max(0, value / maximum)) : 0
    }

    /// Whether there is nothing to show: no text, value, source or child, and no tag that shows by itself.
    public func isBlank(_ id: ElementID) -> Bool {
        guard let node = nodes[id], node.givenTag == nil, node.children.isEmpty else { return false }
        return [ElementProperty.textContent, .value, .src].allSatisfy { node.properties[$0.rawValue].value == nil }
    }
}
