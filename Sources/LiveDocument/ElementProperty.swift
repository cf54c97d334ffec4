/// What can be set on an element, spelled as scripts and HTML do. A new one is a case and its definition: renderers,
/// reference and editor types read those.
public enum ElementProperty: Int, Sendable, CaseIterable {
    case textContent, value, max, src, hidden, className, disabled, onclick, oninput

    /// Everything there is to know about one property.
    public struct Definition: Sendable, Hashable {
        public var name: String
        public var type: ValueType
        /// What a number stands for if the type does not say so; nil if it has no unit.
        public var unit: String?
        /// What applies as long as it is not set; nil if nothing is shown.
        public var defaultValue: PropertyValue?
        /// The roles of the elements for which it means something. Others keep the value too, but do not show it.
        public var roles: [ElementRole]
        /// What it is, in one sentence.
        public var summary: String
        /// Whether it is only for the page's style sheet, so that a terminal has nothing to show.
        public var isStyle = false
        /// What says in a line of text that a flag was set or cleared; nil for other types.
        public var flagWords: FlagWords?
    }

    public struct FlagWords: Sendable, Hashable {
        public var set: String
        public var cleared: String
    }

    /// What may be set. Without texts, whose copies would take longer than setting the property.
    public enum ValueType: Sendable, Hashable {
        /// A string, or a number, which becomes one.
        case text
        /// A string only.
        case word
        case number(isPositive: Bool)
        case numberOrText
        /// True or false; false is the same as not set.
        case flag
        /// A path, a URL or bytes.
        case media
        /// A function that is called when somebody does that. The document keeps only whether there is one.
        case event(DocumentEvent.Kind)

        /// What the property has to be, for a message: "a number above 0".
        public var requirement: String {
            switch self {
            case .text, .word: "a string"
            case .number(let isPositive): isPositive ? "a number above 0" : "a number"
            case .numberOrText: "a number or a string"
            case .flag: "true or false"
            case .media: "a path, a URL or a Blob"
            case .event: "a function"
            }
        }
    }

    public var definition: Definition { Self.definitions[rawValue] }

    public var name: String { definition.name }

    /// What may be set. Of its own: a copy of the whole definition would take longer than setting the property.
    public var type: ValueType { Self.types[rawValue] }

    /// The tags for which it means something.
    public var tags: [ElementTag] {
        let roles = definition.roles
        return ElementTag.allCases.filter { roles.contains($0.role) }
    }

    /// nil for a property that is not an event.
    public var event: DocumentEvent.Kind? {
        if case .event(let kind) = definition.type { kind } else { nil }
    }

    private static let definitions = allCases.map(\.row)
    private static let types = definitions.map(\.type)

    private var row: Definition {
        switch self {
        case .textContent:
            Definition(
                name: "textContent", type: .text, roles: ElementRole.allCases,
                summary: "The element's text; on a bar, a picture, a video or an input it is the label. Setting it "
                    + "removes the element's children.")
        case .value:
            Definition(
                name: "value", type: .numberOrText, unit: "of max", roles: [.bar, .field],
                summary: "How far a bar is, from 0 to max, or what stands in an input.")
        case .max:
            Definition(
                name: "max", type: .number(isPositive: true), defaultValue: .number(100), roles: [.bar],
                summary: "The value at which a bar is full.")
        case .src:
            Definition(
                name: "src", type: .media, roles: [.media, .text, .group, .item, .cell],
                summary: "The video or picture to show: a path, a URL or a Blob.")
        case .hidden:
            Definition(
                name: "hidden", type: .flag, roles: ElementRole.allCases,
                summary: "Whether the element, with all that is in it, is left out.",
                flagWords: FlagWords(set: "hidden", cleared: "shown"))
        case .className:
            Definition(
                name: "className", type: .word, roles: ElementRole.allCases,
                summary: "The element's classes for the page's style sheet, separated by spaces.", isStyle: true)
        case .disabled:
            Definition(
                name: "disabled", type: .flag, roles: [.button, .field],
                summary: "Whether nobody can press a button or type into an input.",
                flagWords: FlagWords(set: "disabled", cleared: "enabled"))
        case .onclick:
            Definition(
                name: "onclick", type: .event(.click), roles: ElementRole.allCases,
                summary: "Called with the event when somebody clicks on the element.")
        case .oninput:
            Definition(
                name: "oninput", type: .event(.input), roles: [.field],
                summary: "Called with the event when somebody has typed into an input; its value is set by then.")
        }
    }
}

public enum PropertyValue: Hashable, Sendable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case media(MediaSource)
}
