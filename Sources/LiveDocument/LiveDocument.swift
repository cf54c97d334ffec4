/// The state of a script's UI: elements with properties, and what has changed of them. It draws nothing: its faces read
/// the changes and show them each in their own way.
public struct LiveDocument: Sendable {
    private var elements: [Element] = []
    private var byName: [String: ElementID] = [:]
    private var changed: [ElementID] = []

    public init() {}

    /// The element with that name; made on first use.
    public mutating func element(named name: String) -> ElementID {
        if let id = byName[name] { return id }
        let id = ElementID(index: elements.count)
        elements.append(Element(name: name))
        byName[name] = id
        return id
    }

    /// The element with that number, if it was made.
    public func element(numbered number: Int) -> ElementID? {
        elements.indices.contains(number) ? ElementID(index: number) : nil
    }

    public func name(of id: ElementID) -> String { elements[id.index].name }

    /// The value last set; nil if none was.
    public func value(_ property: ElementProperty, of id: ElementID) -> PropertyValue? {
        elements[id.index].properties[property]
    }

    /// All that is set on the element.
    public func properties(of id: ElementID) -> [ElementProperty: PropertyValue] {
        elements[id.index].properties
    }

    /// Setting the value that is there already changes nothing.
    public mutating func set(_ property: ElementProperty, of id: ElementID, to value: PropertyValue?) {
        guard elements[id.index].properties[property] != value else { return }
        elements[id.index].properties[property] = value
        if !elements[id.index].isChanged {
            elements[id.index].isChanged = true
            changed.append(id)
        }
    }

    /// The elements that changed since the last time this was asked, in the order in which they first did. However often
    /// a property was set meanwhile, what counts is the value that stands.
    public mutating func takeChanges() -> [ElementID] {
        let taken = changed
        changed = []
        for id in taken { elements[id.index].isChanged = false }
        return taken
    }

    private struct Element {
        var name: String
        var properties: [ElementProperty: PropertyValue] = [:]
        var isChanged = false
    }
}

/// Names an element of one document.
public struct ElementID: Hashable, Sendable {
    let index: Int
    /// Its place in the order in which elements were made, from 0: stable, and known outside of Swift by this number.
    public var number: Int { index }
}

/// What can be set on an element, spelled as scripts and HTML do.
public enum ElementProperty: String, Sendable, CaseIterable {
    case textContent, value
}

public enum PropertyValue: Hashable, Sendable {
    case text(String)
    case number(Double)
}
