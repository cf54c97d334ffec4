internal import DecartAPI
internal import LiveDocument
internal import LuaVM
internal import PlainErrors
internal import ScriptRuntime

extension DocumentBinding {
    /// Elements go by their numbers here, properties by theirs; `document.lua` makes objects of them.
    func primitives() -> [ModuleFunction] {
        [
            ModuleFunction("propertyNumbers") { call throws(LuaError) in
                let fields = ElementProperty.allCases.map { ($0.name, LuaValue.integer(Int64($0.rawValue))) }
                call.push(.table(LuaTable(fields: fields)))
                return .returns
            },
            ModuleFunction("element") { [self] call throws(LuaError) in
                call.push(.integer(Int64(document.element(named: try call.string(1)).number)))
                return .returns
            },
            ModuleFunction("createElement") { [self] call throws(LuaError) in
                let name = try call.string(1)
                guard let tag = ElementTag(rawValue: name) else {
                    let known = ElementTag.allCases.map(\.rawValue)
                    let near = Spelling.nearest(to: name, among: known, limit: 1, onlyLikely: true).first
                    throw .message(
                        "there are no '\(name)' elements" + (near.map { "; did you mean \($0)?" } ?? "")
                            + "; there are \(known.joined(separator: ", "))")
                }
                call.push(.integer(Int64(document.createElement(tag).number)))
                return .returns
            },
            ModuleFunction("holdElement") { [self] call throws(LuaError) in
                document.hold(try element(call, 1))
                return .returns
            },
            ModuleFunction("forgetElement") { [self] call throws(LuaError) in
                if let number = try? call.integer(1) { document.letGo(of: ElementID(number: number)) }
                return .returns
            },
            ModuleFunction("elementName") { [self] call throws(LuaError) in
                call.push(document.name(of: try element(call, 1)).map { .text($0) } ?? .nil)
                return .returns
            },
            ModuleFunction("getProperty") { [self] call throws(LuaError) in
                let value = document.value(try property(call), of: try element(call, 1))
                call.push(value.map(luaValue) ?? .nil)
                return .returns
            },
            ModuleFunction("setProperty") { [self] call throws(LuaError) in
                let id = ElementID(number: try call.integer(1))
                let property = try property(call)
                let value =
                    if let number = propertyNumber(call, property) {
                        PropertyValue?.some(number)
                    } else {
                        try propertyValue(call.value(3), for: property)
                    }
                if property == .textContent { pushListeners(call, document.children(of: id)) }
                guard document.set(property, of: id, to: value) else { throw Self.noElement(call, 1) }
                return .returns
            },
            ModuleFunction("appendElement") { [self] call throws(LuaError) in
                let child = try element(call, 2)
                let wasInTree = document.isInTree(child)
                guard document.append(child, to: try element(call, 1)) else {
                    throw .message(
                        "an element cannot be appended to itself or to what is in it, nor the body to anything")
                }
                if wasInTree, !document.isInTree(child) { pushListeners(call, [child]) }
                return .returns
            },
            ModuleFunction("removeElement") { [self] call throws(LuaError) in
                let id = try element(call, 1)
                pushListeners(call, [id])
                document.remove(id)
                return .returns
            },
            ModuleFunction("isInTree") { [self] call throws(LuaError) in
                call.push(.boolean(document.isInTree(try element(call, 1))))
                return .returns
            },
            ModuleFunction("getTitle") { [self] call throws(LuaError) in
                call.push(.text(document.title))
                return .returns
            },
            ModuleFunction("setTitle") { [self] call throws(LuaError) in
                guard let title = call.value(1).text else {
                    throw .message("'title' of the document must be a string, not a \(call.type(1).rawValue)")
                }
                document.setTitle(title)
                return .returns
            },
            // How many elements have callbacks: somebody may click on them.
            ModuleFunction("listening") { [self] call throws(LuaError) in
                let (sum, overflows) = listeners.addingReportingOverflow(try call.integer(1))
                guard !overflows else { throw call.badArgument(1, "number out of range") }
                listeners = max(0, sum)
                return .returns
            },
        ]
    }

    /// Pushes the numbers of those elements, and of what is in them, that have callbacks.
    private func pushListeners(_ call: borrowing HostCall, _ tops: [ElementID]) {
        for top in tops where document.isInTree(top) {
            for id in document.subtree(of: top)
            where document.flag(.onclick, of: id) || document.flag(.oninput, of: id) {
                call.push(.integer(Int64(id.number)))
            }
        }
    }

    private func element(_ call: borrowing HostCall, _ position: Int) throws(LuaError) -> ElementID {
        let id = ElementID(number: try call.integer(position))
        guard document.contains(id) else { throw Self.noElement(call, position) }
        return id
    }

    private static func noElement(_ call: borrowing HostCall, _ position: Int) -> LuaError {
        .badArgument(position, of: call.name, "this element does not exist")
    }

    /// A bar's value, say, which scripts set most often, without a copy as a Lua value; nil for whatever else there is.
    private func propertyNumber(_ call: borrowing HostCall, _ property: ElementProperty) -> PropertyValue? {
        guard case .numberOrText = property.type else { return nil }
        return call.numberIfAny(3).flatMap { $0.isFinite ? .number($0) : nil }
    }

    private func property(_ call: borrowing HostCall) throws(LuaError) -> ElementProperty {
        guard let property = ElementProperty(rawValue: try call.integer(2)) else {
            throw .badArgument(2, of: call.name, "an element has no such property")
        }
        return property
    }
}
