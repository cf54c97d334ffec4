internal import FoundationEssentials
internal import LiveDocument

/// A patch as `elements.js` reads it.
struct PatchMessage: Encodable {
    var title: String?
    var elements: [Element]

    struct Element: Encodable {
        var n: Int
        var id: String?
        /// Left out if the page works out the shape itself.
        var tag: String?
        var set: [String: Value]?
        var children: [Int]?
    }

    enum Value: Encodable {
        case null
        case text(String)
        case number(Double)
        case flag(Bool)
        case media(url: String, isVideo: Bool)

        private enum MediaKey: String, CodingKey { case url, isVideo }

        func encode(to encoder: any Encoder) throws {
            if case .media(let url, let isVideo) = self {
                var fields = encoder.container(keyedBy: MediaKey.self)
                try fields.encode(url, forKey: .url)
                return try fields.encode(isVideo, forKey: .isVideo)
            }
            var value = encoder.singleValueContainer()
            switch self {
            case .null, .media: try value.encodeNil()
            case .text(let text): try value.encode(text)
            case .number(let number): try value.encode(number)
            case .flag(let flag): try value.encode(flag)
            }
        }
    }

    /// - Parameter shelf: knows the ids of the files that the patch shows.
    init(_ patch: DocumentPatch, shelf: MediaShelf) {
        title = patch.title
        elements = patch.elements.map { change in
            Element(
                n: change.id.number, id: change.name, tag: change.hasOwnTag ? change.tag.rawValue : nil,
                set: change.properties.isEmpty
                    ? nil
                    : Dictionary(
                        uniqueKeysWithValues: change.properties.map { ($0.key.name, Self.value($0.value, shelf)) }),
                children: change.children.map { $0.map(\.number) })
        }
    }

    private static func value(_ value: PropertyValue?, _ shelf: MediaShelf) -> Value {
        switch value {
        case nil: .null
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .flag(let flag): .flag(flag)
        case .media(let source):
            if case .url(let url) = source {
                .media(url: url, isVideo: !source.isPicture)
            } else if let id = shelf.id(of: source) {
                .media(url: "media/\(id)", isVideo: !source.isPicture)
            } else {
                // It was shown, but no longer is.
                .null
            }
        }
    }
}

/// Values as JSON in one line.
enum MessageText {
    static func of(_ message: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Only a number that is not finite has no JSON, and such values do not get into a document.
        guard let data = try? encoder.encode(message) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
