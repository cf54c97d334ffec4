internal import DecartAPI
internal import LiveDocument
internal import LuaVM

extension DecartModule {
    /// A script's value as the document keeps it; nil clears the property.
    func propertyValue(_ given: LuaValue, for property: ElementProperty) throws(LuaError) -> PropertyValue? {
        if given == .nil { return nil }
        switch property {
        case .textContent:
            if let text = Self.text(given) { return .text(text) }
            throw Self.wrong(property, "a string", given)
        case .className:
            if let text = given.text { return .text(text) }
            throw Self.wrong(property, "a string", given)
        case .value:
            if let number = given.double, number.isFinite { return .number(number) }
            if let text = given.text { return .text(text) }
            throw Self.wrong(property, "a number or a string", given)
        case .max:
            if let number = given.double, number.isFinite, number > 0 { return .number(number) }
            throw Self.wrong(property, "a number above 0", given)
        case .hidden, .disabled:
            if case .boolean(let flag) = given { return flag ? .flag(true) : nil }
            throw Self.wrong(property, "true or false", given)
        case .onclick, .oninput:
            if case .opaque(.function) = given { return .flag(true) }
            throw Self.wrong(property, "a function", given)
        case .src:
            if let source = source(given) { return .media(source) }
            throw Self.wrong(property, "a path, a URL or a Blob", given)
        }
    }

    /// What a script reads of a property.
    func luaValue(_ value: PropertyValue) -> LuaValue {
        switch value {
        case .text(let text), .media(.path(let text)), .media(.url(let text)): .text(text)
        case .number(let number): Int64(exactly: number).map { .integer($0) } ?? .number(number)
        case .flag(let flag): .boolean(flag)
        case .media(.blob(let media)): keep(Blob(media))
        }
    }

    private func source(_ given: LuaValue) -> MediaSource? {
        switch given {
        case .string: given.text.flatMap { $0.isEmpty ? nil : MediaSource($0) }
        case .object(let object) where object.kind == "blob": media(ofBlob: object.id).map { .blob($0) }
        case .table(let file) where file.metatable == "file": file["path"].text.map { .path($0) }
        default: nil
        }
    }

    /// The same blob is the same source, however often it is set, but for a name of its own; nil for one that is gone.
    func media(ofBlob id: Int, named name: String? = nil) -> MediaBlob? {
        guard let held = blobs[id] else { return nil }
        if let name {
            var blob = held.blob
            blob.name = name
            return MediaBlob(blob)
        }
        if let media = held.media { return media }
        let media = MediaBlob(held.blob)
        blobs[id]?.media = media
        return media
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

extension MediaBlob {
    /// What a script holds, as a face is given it.
    convenience init(_ blob: Blob) {
        let storage: Storage =
            switch blob.storage {
            case .memory(let bytes): .memory(bytes)
            case .file(let file, _): .file(path: file.path, owner: file)
            }
        self.init(storage: storage, size: blob.size, type: blob.type, name: blob.name)
    }
}

extension Blob {
    /// What a face shows, as a script gets it back.
    fileprivate init(_ media: MediaBlob) {
        switch media.storage {
        case .memory(let bytes): self.init(bytes: bytes, type: media.type, name: media.name)
        case .file(let path, let owner):
            let file = owner as? TemporaryFile ?? TemporaryFile(keeping: path)
            self.init(storage: .file(file, size: media.size), type: media.type, name: media.name)
        }
    }
}
