/// What somebody did to an element, on its way from a renderer to the script.
public struct DocumentEvent: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case click, input

        /// The property that holds the function to call.
        public var property: ElementProperty {
            switch self {
            case .click: .onclick
            case .input: .oninput
            }
        }
    }

    public var target: ElementID
    public var kind: Kind
    /// What an input contains now; nil for other elements.
    public var value: String?

    public init(_ kind: Kind, on target: ElementID, value: String? = nil) {
        self.kind = kind
        self.target = target
        self.value = value
    }
}
