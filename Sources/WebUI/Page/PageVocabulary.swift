internal import LiveDocument

/// What `elements.js` knows about tags and properties: their definitions as a module, so that there is no second list.
enum PageVocabulary {
    static let script = Array(
        """
        // Generated from the definitions of tags and properties.
        export const roles = \(MessageText.of(roles))
        export const properties = \(MessageText.of(properties))

        """.utf8)

    static let roles = Dictionary(
        uniqueKeysWithValues: ElementTag.allCases.map { ($0.rawValue, $0.role.rawValue) })

    static let properties = Dictionary(
        uniqueKeysWithValues: ElementProperty.allCases.map { ($0.name, Property($0.definition)) })

    struct Property: Encodable, Hashable {
        var type: String
        /// What holds as long as it is not set.
        var fallback: Double?
        /// What the browser calls the event.
        var event: String?

        init(_ definition: ElementProperty.Definition) {
            switch definition.type {
            case .text, .word: type = "text"
            case .number: type = "number"
            case .numberOrText: type = "numberOrText"
            case .flag: type = "flag"
            case .media: type = "media"
            case .event(let kind):
                type = "event"
                event = kind.rawValue
            }
            if case .number(let number)? = definition.defaultValue { fallback = number }
        }
    }
}
