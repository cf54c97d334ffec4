/// The reference as annotations that lua-language-server and its like read (LuaCATS): a file for a module.
public struct LuaTypes: Sendable {
    private let reference: ScriptReference
    private let module: String

    /// - Parameter module: as `require` names it.
    public init(_ reference: ScriptReference, module: String = "decart") {
        self.reference = reference
        self.module = module
    }

    /// The modules that a reference tells of, the first one first.
    public static func modules(of reference: ScriptReference) -> [String] {
        reference.groups.map(\.module).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    public var text: String {
        let groups = reference.groups.filter { $0.module == module }
        var parts = ["---@meta \(module)\n-- Written by `decart-lua types`.\n"]
        if module == "decart" { parts += reference.records.map(record) }
        parts += groups.map(group)
        let returned = groups.first { $0.path == module }.map(variable)
        if let returned { parts.append("return \(returned)\n") }
        return parts.joined(separator: "\n")
    }

    // MARK: Parts

    private func record(_ record: RecordDescription) -> String {
        comment(record.summary) + "---@class \(Self.typeName(record.name))\n" + fields(record.fields)
    }

    private func fields(_ fields: [FieldDescription]) -> String {
        fields.map { field in
            "---@field \(Self.key(field.name))\(field.isOptional ? "?" : "") \(Self.type(field.type))"
                + (field.summary.isEmpty ? "" : " \(field.summary)") + "\n"
        }.joined()
    }

    private func group(_ group: GroupDescription) -> String {
        var text = ""
        for function in group.functions {
            for parameter in function.parameters {
                guard case .options(let options) = parameter.type else { continue }
                text += "---@class \(Self.optionsName(group, function))\n" + options.map(option).joined() + "\n"
            }
        }
        if group.path.isEmpty {
            return text + group.functions.map { self.function($0, in: group) }.joined(separator: "\n")
        }
        let name = variable(group)
        text += comment(group.summary) + "---@class \(Self.typeName(group.typeName))\n" + fields(group.fields)
        text += "local \(name) = {}\n\n"
        text += group.functions.map { function($0, in: group) }.joined(separator: "\n")
        if Self.globals.contains(group.path) {
            text += "\n---@type \(Self.typeName(group.typeName))\n\(group.path) = nil\n"
        }
        return text
    }

    /// Namespaces that are there without `require`.
    private static let globals = ["document"]

    private func variable(_ group: GroupDescription) -> String {
        group.path == group.module ? group.path.split(separator: ".").last.map(String.init) ?? "" : group.typeName
    }

    private func option(_ option: OptionDescription) -> String {
        let standard = option.standard.map { " Unless given: \($0)." } ?? ""
        return "---@field \(option.name)? \(Self.type(option.type)) \(option.summary)\(standard)\n"
    }

    private func function(_ function: FunctionDescription, in group: GroupDescription) -> String {
        var text = comment(function.summary)
        if !function.details.isEmpty { text += "---\n" + comment(function.details) }
        if function.waits { text += "---\n---The calling task waits; others go on.\n" }
        for parameter in function.parameters {
            let type = parameter.type.optionsOfCall ? Self.optionsName(group, function) : Self.type(parameter.type)
            let isRest = parameter.name == "..."
            text += "---@param \(parameter.name)\(parameter.isOptional && !isRest ? "?" : "") \(type)"
            text += parameter.summary.isEmpty ? "\n" : " \(parameter.summary)\n"
        }
        for result in function.results {
            text += "---@return \(Self.type(result.type))\(result.isOptional ? "?" : "")"
            text += result.summary.isEmpty ? "\n" : " # \(result.summary)\n"
        }
        let names = function.parameters.map(\.name).joined(separator: ", ")
        let prefix = group.path.isEmpty ? "" : variable(group) + group.separator
        return text + "function \(prefix)\(function.name)(\(names)) end\n"
    }

    private func comment(_ text: String) -> String {
        text.isEmpty ? "" : text.split(separator: "\n").map { "---\($0)\n" }.joined()
    }

    // MARK: Types

    /// A field's name, in brackets where it is a word of Lua's own.
    private static func key(_ name: String) -> String { reserved.contains(name) ? "[\"\(name)\"]" : name }

    private static let reserved: Set = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    private static func optionsName(_ group: GroupDescription, _ function: FunctionDescription) -> String {
        "\(group.typeName.isEmpty ? "decart" : typeName(group.typeName)).\(function.name).Options"
    }

    private static func typeName(_ name: String) -> String {
        name == "Decart" ? "decart" : "decart.\(name)"
    }

    private static func type(_ type: ScriptType) -> String {
        switch type {
        case .any: "any"
        case .boolean: "boolean"
        case .no: "false"
        case .string: "string"
        case .number: "number"
        case .integer: "integer"
        case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: "|")
        case .function(let parameters, let results): function(parameters, results)
        case .list(let item): parenthesised(item) + "[]"
        case .table, .options: "table"
        case .named(let name): typeName(name)
        case .either(let types): types.map(Self.type).joined(separator: "|")
        }
    }

    private static func parenthesised(_ item: ScriptType) -> String {
        switch item {
        case .either, .choice, .function: "(\(type(item)))"
        default: type(item)
        }
    }

    private static func function(_ parameters: [ParameterDescription], _ results: [ResultDescription]) -> String {
        if parameters.isEmpty, results.isEmpty { return "function" }
        let given = parameters.map { "\($0.name)\($0.isOptional ? "?" : ""): \(type($0.type))" }.joined(separator: ", ")
        let returned = results.map { type($0.type) + ($0.isOptional ? "?" : "") }.joined(separator: ", ")
        return "fun(\(given))" + (returned.isEmpty ? "" : ": \(returned)")
    }
}

extension ScriptType {
    fileprivate var optionsOfCall: Bool {
        if case .options = self { true } else { false }
    }
}
