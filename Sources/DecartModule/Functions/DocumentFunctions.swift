internal import LiveDocument
internal import LuaVM
internal import ScriptRuntime

extension DecartModule {
    /// Elements go by their numbers here; `decart.lua` makes objects of them.
    func documentFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("element") { [self] call throws(LuaError) in
                call.push(.integer(Int64(document.element(named: try call.string(1)).number)))
                return .returns
            },
            ModuleFunction("getProperty") { [self] call throws(LuaError) in
                let id = try element(call)
                guard let property = ElementProperty(rawValue: try call.string(2)) else {
                    call.push(.nil)
                    return .returns
                }
                switch document.value(property, of: id) {
                case .text(let text): call.push(.text(text))
                case .number(let number): call.push(Int64(exactly: number).map { .integer($0) } ?? .number(number))
                case nil: call.push(.nil)
                }
                return .returns
            },
            ModuleFunction("setProperty") { [self] call throws(LuaError) in
                let id = try element(call)
                let name = try call.string(2)
                guard let property = ElementProperty(rawValue: name) else {
                    let known = ElementProperty.allCases.map(\.rawValue).joined(separator: ", ")
                    throw .message("an element has no property '\(name)' that can be set; it has \(known)")
                }
                document.set(property, of: id, to: try value(call, of: property))
                return .returns
            },
        ]
    }

    private func element(_ call: borrowing HostCall) throws(LuaError) -> ElementID {
        guard let id = document.element(numbered: try call.integer(1)) else {
            throw .badArgument(1, of: call.name, "this element does not exist")
        }
        return id
    }

    private func value(_ call: borrowing HostCall, of property: ElementProperty) throws(LuaError) -> PropertyValue? {
        switch (property, call.value(3)) {
        case (_, .nil): return nil
        case (.value, let given):
            if let number = given.double, number.isFinite { return PropertyValue.number(number) }
            if let text = given.text { return PropertyValue.text(text) }
            let shown = given.double.map { "\($0)" } ?? "a \(given.typeName.rawValue)"
            throw .message("'value' of an element must be a number or a string, not \(shown)")
        case (.textContent, .string(let bytes)): return .text(String(decoding: bytes, as: UTF8.self))
        case (.textContent, .integer(let integer)): return .text(String(integer))
        case (.textContent, .number(let number)): return .text("\(number)")
        case (.textContent, let given):
            throw .message("'textContent' of an element must be a string, not a \(given.typeName.rawValue)")
        }
    }
}
