extension LiveDocument {
    /// The last value set; nil if there is none.
    public func value(_ property: ElementProperty, of id: ElementID) -> PropertyValue? {
        nodes.read(id) { $0.properties[property.rawValue].value } ?? nil
    }

    /// The id by which the script knows it, if it has one.
    public func name(of id: ElementID) -> String? { nodes.read(id) { $0.name } ?? nil }

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
        if case .flag(true)? = value(property, of: id) { true } else { false }
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
        nodes.read(id) { $0.tag } ?? .p
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
        nodes.read(id) { node in
            node.givenTag == nil && node.children.isEmpty && !node.has(.textContent) && !node.has(.value)
                && !node.has(.src)
        } ?? false
    }
}

extension Node {
    func has(_ property: ElementProperty) -> Bool { properties[property.rawValue].value != nil }

    fileprivate var tag: ElementTag {
        if let givenTag { return givenTag }
        if case .media(let source)? = properties[ElementProperty.src.rawValue].value {
            return source.isPicture ? .img : .video
        }
        return has(.value) ? .progress : .p
    }
}
