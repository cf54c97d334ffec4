internal import DecartAPI
internal import LiveDocument
internal import LuaVM

extension DocumentBinding {
    /// A script's value as the document keeps it; nil clears the property.
    func propertyValue(_ given: LuaValue, for property: ElementProperty) throws(LuaError) -> PropertyValue? {
        if given == .nil { return nil }
        let type = property.type
        let value: PropertyValue?
        switch type {
        case .text: value = Self.text(given).map { .text($0) }
        case .word: value = given.text.map { .text($0) }
        case .number(let isPositive):
            value = Self.number(given).flatMap { $0 > 0 || !isPositive ? .number($0) : nil }
        case .numberOrText: value = Self.number(given).map { .number($0) } ?? given.text.map { .text($0) }
        case .flag:
            // False is the same as not set.
            if given == .boolean(false) { return nil }
            value = given == .boolean(true) ? .flag(true) : nil
        case .event: value = given.typeName == .function ? .flag(true) : nil
        case .media: value = source(given).map { .media($0) }
        }
        guard let value else { throw Self.wrong(property, type.requirement, given) }
        return value
    }

    /// What a script reads of a property.
    func luaValue(_ value: PropertyValue) -> LuaValue {
        switch value {
        case .text(let text), .media(.path(let text)), .media(.url(let text)): .text(text)
        case .number(let number): Int64(exactly: number).map { .integer($0) } ?? .number(number)
        case .flag(let flag): .boolean(flag)
        case .media(.blob(let media)): blobs?.keep(Blob(media)) ?? .nil
        }
    }

    private func source(_ given: LuaValue) -> MediaSource? {
        switch given {
        case .string: given.text.flatMap { $0.isEmpty ? nil : MediaSource($0) }
        case .object(let object) where object.kind == "blob": blobs?.media(of: object.id).map { .blob($0) }
        case .table(let file) where file.metatable == "file": file["path"].text.map { .path($0) }
        default: nil
        }
    }

    private static func number(_ given: LuaValue) -> Double? {
        given.double.flatMap { $0.isFinite ? $0 : nil }
    }

    private static func text(_ given: LuaValue) -> String? {
        switch given {
        case .integer(let integer): String(integer)
        case .number(let number): "\(number)"
        default: given.text
        }
    }

    private static func wrong(_ property: ElementProperty, _ wanted: String, _ given: LuaValue) -> LuaError {
        let got: String =
            switch given {
            case .integer(let integer): "\(integer)"
            case .number(let number): "\(number)"
            case .string(let bytes) where bytes.isEmpty: "an empty string"
            default: "a \(given.typeName.rawValue)"
            }
        return .message("'\(property.name)' of an element must be \(wanted), not \(got)")
    }
}
