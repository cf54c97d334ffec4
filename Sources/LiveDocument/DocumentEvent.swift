/// What somebody did to an element in a face, on its way to the script.
public struct DocumentEvent: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case click, input

        /// The property under which a script keeps the function that is called.
        public var property: ElementProperty {
            switch self {
            case .click: .onclick
            case .input: .oninput
            }
        }
    }

    public var target: ElementID
    public var kind: Kind
    /// What an input holds now; nil for elements that hold nothing.
    public var value: String?

    public init(_ kind: Kind, on target: ElementID, value: String? = nil) {
        self.kind = kind
        self.target = target
        self.value = value
    }
}
