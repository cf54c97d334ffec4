internal import DecartAPI
internal import LuaVM

extension DecartModule {
    /// The options of one call as Swift values, with everything wrong about them in one error.
    struct Options {
        let table: LuaTable
        let call: String

        init(_ value: LuaValue, call: String) throws(DecartError) {
            self.call = call
            switch value {
            case .nil: table = LuaTable()
            case .table(let table): self.table = table
            case let other:
                throw DecartError(
                    .invalidOptions, "\(call) takes a table of options, not a \(other.typeName.rawValue).")
            }
        }

        /// - Throws: `INVALID_OPTIONS` for a name that is none of `known`.
        func check(known: [String]) throws(DecartError) {
            for entry in table.entries {
                guard let name = entry.key.text, known.contains(name) else {
                    let given = entry.key.text ?? "a \(entry.key.typeName.rawValue) key"
                    let near = Spelling.nearest(to: given, among: known, limit: 1, onlyLikely: true)
                    let hint = near.first.map { " Did you mean \($0)?" } ?? ""
                    throw DecartError(
                        .invalidOptions,
                        "\(call) knows no option \(Excerpt.quoted(given)).\(hint) It takes "
                            + known.joined(separator: ", ") + ".")
                }
            }
        }

        func text(_ name: String) throws(DecartError) -> String? {
            switch table[name] {
            case .nil: return nil
            case .string(let bytes): return String(decoding: bytes, as: UTF8.self)
            case let other: throw wrong(name, "a string", other)
            }
        }

        func number(_ name: String) throws(DecartError) -> Double? {
            if table[name] == .nil { return nil }
            guard let number = table[name].double, !number.isNaN else { throw wrong(name, "a number", table[name]) }
            return number
        }

        func integer(_ name: String) throws(DecartError) -> Int? {
            guard let number = try number(name) else { return nil }
            guard let integer = Int(exactly: number) else {
                throw DecartError(.invalidOptions, "\(name) of \(call) must be a whole number, not \(number).")
            }
            return integer
        }

        /// Says of what type the value is, and not the value itself: it may be the key.
        private func wrong(_ name: String, _ wanted: String, _ got: LuaValue) -> DecartError {
            DecartError(.invalidOptions, "\(name) of \(call) must be \(wanted), not a \(got.typeName.rawValue).")
        }
    }

    /// A model: its name, or a table with one.
    func model(_ value: LuaValue) throws(DecartError) -> ModelDefinition {
        switch value {
        case .string(let bytes):
            let name = String(decoding: bytes, as: UTF8.self)
            // Video models are what the queue is for; the name of an image model will do too.
            if let image = ModelCatalog.list(kind: .image).first(where: { $0.name == name }) { return image }
            return try ModelCatalog.find(name: name, kind: .video)
        case .table(let table):
            guard let name = table["name"].text else {
                throw DecartError(
                    .invalidInput,
                    "model is a table without a name. Pass decart.models.video(name), or { name=, queueUrlPath=, "
                        + "urlPath= }.")
            }
            if let kind = table["kind"].text.flatMap(ModelDefinition.Kind.init(rawValue:)), table["state"] != .nil {
                return try ModelCatalog.find(name: name, kind: kind)
            }
            return ModelDefinition(
                name: name, kind: .video, jobsPath: table["queueUrlPath"].text, generatePath: table["urlPath"].text)
        case .nil:
            throw DecartError(
                .invalidInput, "No model was given. Pass model = decart.models.video(name), or a model's name.")
        case let other:
            throw DecartError(.invalidInput, "model must be a model or its name, not a \(other.typeName.rawValue).")
        }
    }

    /// A job's inputs, all but the model.
    func inputs(_ table: LuaTable) throws(DecartError) -> [String: InputValue] {
        var inputs: [String: InputValue] = [:]
        var problems: [InputProblem] = []
        for entry in table.entries where entry.key.text != "model" {
            guard case .string = entry.key, let name = entry.key.text else {
                problems.append(
                    InputProblem(field: "inputs", rule: "must have names as keys", given: entry.key.typeName.rawValue))
                continue
            }
            do throws(DecartError) {
                inputs[name] = try input(entry.value)
            } catch {
                problems.append(InputProblem(field: name, rule: error.message, given: entry.value.typeName.rawValue))
            }
        }
        if !table.sequence.isEmpty {
            problems.append(
                InputProblem(
                    field: "inputs", rule: "must have names as keys", given: "a list of \(table.sequence.count)"))
        }
        guard problems.isEmpty else { throw .invalidInput(problems, model: table["model"].text ?? "this model") }
        return inputs
    }

    private func input(_ value: LuaValue) throws(DecartError) -> InputValue {
        switch value {
        case .boolean(let boolean): return .boolean(boolean)
        case .integer(let integer): return .integer(integer)
        case .number(let number): return .number(number)
        case .string(let bytes): return .bytes(bytes)
        case .table(let table) where table.metatable != "file": return .json(try json(value))
        case .object, .table, .nil, .opaque:
            guard let file = file(value) else { throw DecartError(.invalidInput, "must be a value, a file or a Blob") }
            return .file(file)
        }
    }

    /// A path, a URL, a Blob or what `decart.file` made; nil for anything else.
    func file(_ value: LuaValue) -> FileInput? {
        switch value {
        case .object(let object) where object.kind == "blob": return blobs[object.id].map { .blob($0.blob) }
        case .table(let table) where table.metatable == "file": return table["path"].text.map { .path($0) }
        case .string(let bytes):
            let text = String(decoding: bytes, as: UTF8.self)
            let isURL = text.hasPrefix("http://") || text.hasPrefix("https://")
            return isURL ? .url(text) : .path(text)
        default: return nil
        }
    }

    /// A table as JSON: a sequence is an array, names make an object, and an empty table is an array.
    func json(_ value: LuaValue) throws(DecartError) -> JSONValue {
        switch value {
        case .nil: return .null
        case .boolean(let boolean): return .bool(boolean)
        case .integer(let integer): return .integer(integer)
        case .number(let number): return .number(number)
        case .string(let bytes): return .string(String(decoding: bytes, as: UTF8.self))
        case .object: throw DecartError(.invalidInput, "must not hold objects")
        case .opaque(let type):
            throw DecartError(
                .invalidInput,
                type == .table ? "must not be nested so deep, or hold itself" : "must not hold a \(type.rawValue)")
        case .table(let table):
            if table.entries.isEmpty {
                var values: [JSONValue] = []
                for value in table.sequence { values.append(try json(value)) }
                return .array(values)
            }
            guard table.sequence.isEmpty else {
                throw DecartError(.invalidInput, "must be a list without holes, or have names only")
            }
            var members: [String: JSONValue] = [:]
            for entry in table.entries {
                guard case .string = entry.key, let name = entry.key.text else {
                    throw DecartError(.invalidInput, "must be a list without holes, or have names only")
                }
                members[name] = try json(entry.value)
            }
            return .object(members)
        }
    }
}
