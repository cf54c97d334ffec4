import Foundation

/// Reads the annotations that `decart-lua types` prints, by the grammar of LuaCATS as far as it is used there.
struct LuaTypesParser {
    struct Problem: Error, CustomStringConvertible {
        var line: String
        var description: String { "cannot be read: \(line)" }
    }

    /// By class: its fields, and its functions with the names of what they take.
    private(set) var classes: [String: Set<String>] = [:]
    private(set) var globals: Set<String> = []
    /// Types that are spoken of.
    private(set) var mentioned: Set<String> = []
    private var variables: [String: String] = [:]

    static let own: Set = ["any", "boolean", "false", "string", "number", "integer", "function", "table", "nil"]

    init(_ text: String) throws {
        var current: String?
        var parameters: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let rest = line.after("---@class ") {
                current = rest
                classes[rest, default: []] = []
            } else if let rest = line.after("---@field ") {
                let (name, type) = try Self.named(rest, line)
                try take(type, of: line)
                guard let current else { throw Problem(line: line) }
                classes[current]?.insert(name)
            } else if let rest = line.after("---@param ") {
                let (name, type) = try Self.named(rest, line)
                parameters.append(name)
                try take(type, of: line)
            } else if let rest = line.after("---@return ") ?? line.after("---@type ") {
                try take(rest, of: line)
            } else if let rest = line.after("local ") {
                guard let name = rest.before(" = {}"), let current else { throw Problem(line: line) }
                variables[name] = current
            } else if let rest = line.after("function ") {
                try function(rest, parameters, line)
                parameters = []
            } else if line.hasPrefix("---@meta") || line.hasPrefix("-- ") || line.hasPrefix("---") || line.isEmpty {
                continue
            } else if let name = line.before(" = nil") {
                globals.insert(name)
            } else if let name = line.after("return ") {
                guard variables[name] != nil else { throw Problem(line: line) }
            } else {
                throw Problem(line: line)
            }
        }
    }

    /// "Queue.poll(id, options) end"
    private mutating func function(_ text: String, _ parameters: [String], _ line: String) throws {
        guard let name = text.before("("), let given = text.after(name + "(")?.before(") end") else {
            throw Problem(line: line)
        }
        let names = given.split(separator: ",").map { $0.drop { $0 == " " }.description }
        guard names == parameters else { throw Problem(line: "\(line), annotated are \(parameters)") }
        let parts = name.split { $0 == "." || $0 == ":" }.map(String.init)
        if parts.count == 1 {
            globals.insert(name)
        } else if parts.count == 2, let owner = variables[parts[0]] {
            classes[owner]?.insert(parts[1])
        } else {
            throw Problem(line: line)
        }
    }

    /// "name? type words"
    private static func named(_ text: String, _ line: String) throws -> (String, String) {
        guard let space = text.firstIndex(of: " ") else { throw Problem(line: line) }
        var name = String(text[..<space])
        if name.hasSuffix("?") { name.removeLast() }
        if let inner = name.after("[\"")?.before("\"]") { name = inner }
        return (name, String(text[text.index(after: space)...]))
    }

    /// Reads a type off the front of the text; what follows is words.
    private mutating func take(_ text: String, of line: String) throws {
        var rest = text[...]
        guard union(&rest) else { throw Problem(line: line) }
        if rest.first == "?" { rest.removeFirst() }
        guard rest.isEmpty || rest.first == " " else { throw Problem(line: line) }
    }

    private mutating func union(_ text: inout Substring) -> Bool {
        guard single(&text) else { return false }
        while text.first == "|" {
            text.removeFirst()
            guard single(&text) else { return false }
        }
        return true
    }

    private mutating func single(_ text: inout Substring) -> Bool {
        if text.first == "\"" {
            guard let end = text.dropFirst().firstIndex(of: "\"") else { return false }
            text = text[text.index(after: end)...]
        } else if text.first == "(" {
            text.removeFirst()
            guard union(&text), text.first == ")" else { return false }
            text.removeFirst()
        } else if text.hasPrefix("fun(") {
            guard function(&text) else { return false }
        } else {
            let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
            guard !name.isEmpty else { return false }
            mentioned.insert(String(name))
            text = text.dropFirst(name.count)
        }
        while text.hasPrefix("[]") { text = text.dropFirst(2) }
        return true
    }

    private mutating func function(_ text: inout Substring) -> Bool {
        text = text.dropFirst(4)
        while text.first != ")" {
            guard let colon = text.firstIndex(of: ":") else { return false }
            text = text[text.index(after: colon)...].drop { $0 == " " }
            guard union(&text) else { return false }
            if text.hasPrefix(", ") { text = text.dropFirst(2) }
        }
        text.removeFirst()
        guard text.hasPrefix(": ") else { return true }
        text = text.dropFirst(2)
        guard union(&text) else { return false }
        if text.first == "?" { text.removeFirst() }
        return true
    }
}

extension String {
    fileprivate func after(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    fileprivate func before(_ part: String) -> String? {
        range(of: part).map { String(self[..<$0.lowerBound]) }
    }
}
